import { expect, it, vi } from "vitest";
import { MemoryStore } from "../src/index.js";
import { connect, join } from "./client.js";
import { eventually } from "./eventually.js";
import { silent, startServer } from "./server.js";

it("a line about a connection names it, its room and its peer", async () => {
  const store = new MemoryStore();
  const logger = { ...silent, debug: vi.fn(), error: vi.fn() };
  const { url } = await startServer({ store, logger });
  const { client } = await join(url, "r", "a");
  vi.spyOn(store, "load").mockRejectedValueOnce(new Error("no connection"));
  const answer = await client.request("set-ice-servers", { iceServers: [] });
  expect(answer.error?.code).toBe("unavailable");
  const connection = client.socket.id;
  expect(logger.error.mock.calls).toEqual([
    [
      "set-ice-servers failed",
      { error: "StoreFailure: Error: no connection", connection, roomId: "r", peerId: "a" },
    ],
  ]);

  await connect(url, { roomId: "r", peerId: "a" }).next("refused");
  await eventually(() => {
    expect(logger.debug).toHaveBeenCalledWith("a handshake was refused", {
      code: "peer-id-taken",
      connection: expect.any(String),
      roomId: "r",
      peerId: "a",
    });
  });
});
