import { describe, expect, it, onTestFinished, vi } from "vitest";
import { keepStatistics, MemoryStore } from "../src/index.js";
import { connect, join } from "./client.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

describe("statistics", () => {
  it("tell who came, went and was refused, and how many are there", async () => {
    const { url, cignal } = await startServer();
    const statistics = keepStatistics(cignal);
    const { client: a } = await join(url, "r", "a");
    await join(url, "r", "b");
    await connect(url, { roomId: "r", peerId: "c" }).next("refused");
    await a.request("no such type", {});
    await a.request("leave", {});
    expect(await statistics.report()).toMatchObject({
      state: "open",
      peers: 1,
      stepMs: 60_000,
      steps: [
        {
          rooms: 1,
          peers: 1,
          joins: 2,
          leaves: 1,
          errors: { "room-full": 1, "unknown-message": 1 },
        },
      ],
    });
    statistics.stop();
    await join(url, "r", "d");
    expect((await statistics.report()).steps[0]?.joins).toBe(2);
  });

  it("are kept for 60 steps, each counted by itself", async () => {
    const { url, cignal } = await startServer();
    const statistics = keepStatistics(cignal, 5);
    onTestFinished(() => statistics.stop());
    await join(url, "r", "a");
    await eventually(async () => {
      const { steps } = await statistics.report();
      expect(steps).toHaveLength(60);
      expect(steps.at(-1)).toMatchObject({ rooms: 1, peers: 1, joins: 0 });
    });
    const { steps } = await statistics.report();
    const times = steps.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("say so when the rooms cannot be counted", async () => {
    const store = new MemoryStore();
    const { cignal } = await startServer({ store });
    const statistics = keepStatistics(cignal);
    onTestFinished(() => statistics.stop());
    vi.spyOn(store, "count").mockRejectedValue(new Error("no connection"));
    expect((await statistics.report()).steps[0]?.rooms).toBeNull();
  });
});
