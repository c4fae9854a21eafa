import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, join, joinPair } from "./client.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

beforeEach(() => {
  // Only what Cignal itself looks at: the network goes on as ever.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a silent socket", () => {
  it("K2, L3: is taken for lost after 25 s: nobody is told, and the peer may come back", async () => {
    const { url, cignal } = await startServer();
    const { a, b, tokenOfB } = await joinPair(url);
    vi.advanceTimersByTime(24_000);
    expect(await a.request("beat", {})).toEqual({});
    expect(b.socket.connected).toBe(true);
    vi.advanceTimersByTime(1_000);
    await b.closed();
    await eventually(async () => {
      const room = await cignal.rooms.get("room");
      expect(room?.peers.map(({ connected }) => connected)).toEqual([true, false]);
    });
    expect(await a.heard()).toEqual([]);
    const { welcome } = await join(url, "room", "b", { resumeToken: tokenOfB });
    expect(welcome.resumed).toBe(true);
  });

  it("K2: is not one that says anything at all, wrong or too much", async () => {
    const { url } = await startServer({ limits: { messagesPerSecond: 1, burst: 1 } });
    const { client } = await join(url, "r", "a");
    for (const type of ["beat", "nonsense", "beat", "away"]) {
      vi.advanceTimersByTime(20_000);
      for (let i = 0; i < 3; i++) await client.request(type, {});
    }
    expect(client.socket.connected).toBe(true);
  });

  it("K2: takes no other namespace of its connection with it", async () => {
    const { url, io } = await startServer();
    io.of("/host").on("connection", (socket) => socket.on("ask", (ack) => ack("here")));
    const { client } = await join(url, "r", "a");
    const host = client.socket.io.socket("/host").connect();
    expect(await host.emitWithAck("ask")).toBe("here");
    vi.advanceTimersByTime(25_000);
    await client.closed();
    expect(await host.emitWithAck("ask")).toBe("here");
    host.disconnect();
  });

  it("K2: is not one whose hook is slow, since nothing is expected of it before the welcome", async () => {
    let letIn = (_verdict: boolean) => {};
    const authenticate = vi.fn(
      () =>
        new Promise<boolean>((resolve) => {
          letIn = resolve;
        }),
    );
    const { url } = await startServer({ authenticate });
    const client = connect(url, { roomId: "r", peerId: "a" });
    await eventually(() => expect(authenticate).toHaveBeenCalled());
    vi.advanceTimersByTime(60_000);
    letIn(true);
    await client.next("welcome");
    vi.advanceTimersByTime(20_000);
    expect(await client.request("beat", {})).toEqual({});
  });

  it("leaves no timer behind when the server is closed", async () => {
    const before = vi.getTimerCount();
    const { url, cignal } = await startServer();
    const { cignal: second } = await startServer();
    await joinPair(url);
    expect(vi.getTimerCount()).toBe(before + 2);
    await Promise.all([cignal.close(), second.close()]);
    expect(vi.getTimerCount()).toBe(before);
  });
});
