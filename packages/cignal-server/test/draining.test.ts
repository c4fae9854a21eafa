import { describe, expect, it } from "vitest";
import { connect, join, joinPair } from "./client.js";
import { inform } from "./envelopes.js";
import { startServer } from "./server.js";

describe("a server that drains", () => {
  it("opens no room, and lets calls go on, be joined and be resumed", async () => {
    const { url, cignal } = await startServer();
    expect(cignal.status()).toEqual({ state: "open", connections: 0, peers: 0 });
    const { a, b, tokenOfA } = await joinPair(url);
    await join(url, "half", "a");
    cignal.drain();
    expect(cignal.status()).toEqual({ state: "draining", connections: 3, peers: 3 });

    const refused = await connect(url, { roomId: "new", peerId: "a" }).next("refused");
    expect(refused).toMatchObject({ code: "server-closing", retryAfterMs: 1_000 });
    expect(await b.request("signal", inform("a", "still here"))).toEqual({});
    await join(url, "half", "b");
    a.drop();
    const { welcome } = await join(url, "room", "a", { resumeToken: tokenOfA });
    expect(welcome.resumed).toBe(true);
    expect(await cignal.rooms.count()).toBe(2);
  });

  it("is closed when it is closed", async () => {
    const { url, cignal } = await startServer();
    await joinPair(url);
    cignal.drain();
    await cignal.close();
    cignal.drain();
    expect(cignal.status()).toEqual({ state: "closed", connections: 0, peers: 0 });
  });
});
