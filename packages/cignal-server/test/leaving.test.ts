import { describe, expect, it } from "vitest";
import { connect, join, joinPair } from "./client.js";
import { eventually } from "./eventually.js";
import { startServer, type TestServer } from "./server.js";

/** Resolves when the server knows that a peer's connection is lost. */
const away = ({ cignal }: TestServer, peerId: string) =>
  eventually(async () => {
    const room = await cignal.rooms.get("room");
    const peer = room?.peers.find(({ id }) => id === peerId);
    expect(peer?.connected).toBe(false);
  });

describe("leaving", () => {
  it("L1: leave is acknowledged, told to the others, and closes the socket", async () => {
    const { url, cignal } = await startServer();
    const { a, b } = await joinPair(url);
    expect(await b.request("leave", {})).toEqual({});
    await b.closed();
    expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason: "left" });
    await a.request("leave", {});
    expect(await cignal.rooms.count()).toBe(0);
  });

  it("L2: a socket that is closed on purpose counts as leave", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    b.disconnect();
    expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason: "left" });
  });

  it("L3, DEFECTS 6: within the grace period of a lost connection nobody is told", async () => {
    const server = await startServer();
    const { a, b } = await joinPair(server.url);
    b.drop();
    await away(server, "b");
    expect(await a.heard()).toEqual([]);
  });

  it("L3, DEFECTS 6: when the grace period ends, the others are told once", async () => {
    const { url } = await startServer({ gracePeriodMs: 20 });
    const { a, b } = await joinPair(url);
    b.drop();
    expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason: "timeout" });
    await join(url, "room", "b");
    expect(await a.heard()).toEqual(["peer-joined"]);
  });

  it("L3: a grace period of 0 ends at once", async () => {
    const { url } = await startServer({ gracePeriodMs: 0 });
    const { a, b } = await joinPair(url);
    b.drop();
    expect(await a.next("peer-left")).toMatchObject({ reason: "timeout" });
  });

  it("L3, DEFECTS 6: after a ping timeout nobody is kept for ever, and the room is freed", async () => {
    const { url, cignal } = await startServer(
      { gracePeriodMs: 0 },
      { pingInterval: 50, pingTimeout: 50 },
    );
    const { a, b } = await joinPair(url);
    b.socket.io.engine.transport.send = () => {};
    expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason: "timeout" });
    a.disconnect();
    await eventually(async () => expect(await cignal.rooms.count()).toBe(0));
  });

  it("J2: who is within the grace period keeps its place", async () => {
    const server = await startServer();
    const { b } = await joinPair(server.url);
    b.drop();
    await away(server, "b");
    const third = connect(server.url, { roomId: "room", peerId: "c" });
    expect((await third.next("refused")).code).toBe("room-full");
  });

  it("S2: what is said to who is away arrives once, in order, after the next welcome", async () => {
    const server = await startServer();
    const { a, b, tokenOfB } = await joinPair(server.url);
    b.drop();
    await away(server, "b");
    const message = { type: "start", sending: { audio: true, video: true, revision: 1 } };
    expect(await a.request("signal", { to: "b", message })).toEqual({});
    expect(await a.request("inform", { data: 1 })).toEqual({});
    expect(await a.request("inform", { to: "b", data: 2 })).toEqual({});
    const { client: again } = await join(server.url, "room", "b", { resumeToken: tokenOfB });
    expect(await again.next("signal")).toEqual({ from: "a", message });
    expect(await again.next("information")).toEqual({ from: "a", data: 1 });
    expect(await again.next("information")).toEqual({ from: "a", data: 2 });
    await a.request("inform", { data: 3 });
    expect(await again.next("information")).toEqual({ from: "a", data: 3 });
  });

  it("S2: only so much waits for who is away, and the sender is told", async () => {
    const server = await startServer();
    const { a, b } = await joinPair(server.url);
    b.drop();
    await away(server, "b");
    for (let i = 0; i < 64; i++) expect(await a.request("inform", { data: i })).toEqual({});
    expect(await a.request("inform", { data: 64 })).toMatchObject({
      error: { code: "rate-limited", retryAfterMs: 1_000 },
    });
  });
});

describe("resuming", () => {
  it("L4, DEFECTS 6: who comes back with the token is the same member, and nobody is told", async () => {
    const server = await startServer();
    const { a, b, tokenOfA } = await joinPair(server.url);
    a.drop();
    await away(server, "a");
    const { client: again, welcome } = await join(server.url, "room", "a", {
      resumeToken: tokenOfA,
    });
    expect(welcome).toMatchObject({
      resumed: true,
      resumeToken: tokenOfA,
      peers: [{ id: "b", name: "Peer" }],
    });
    await b.request("inform", { data: "still here?" });
    await again.next("information");
    expect(await b.heard()).toEqual([]);
  });

  it("L4, L6: a new socket takes over, and the old one is closed as resumed-elsewhere", async () => {
    const { url, cignal } = await startServer({ gracePeriodMs: 0 });
    const { a, b, tokenOfA } = await joinPair(url);
    const { client: again } = await join(url, "room", "a", { resumeToken: tokenOfA });
    expect((await a.next("closed")).code).toBe("resumed-elsewhere");
    await a.closed();
    await b.request("inform", { data: 1 });
    await again.next("information");
    expect(await b.heard()).toEqual([]);
    expect((await cignal.rooms.get("room"))?.peers).toHaveLength(2);
  });

  it("L4, DEFECTS 5: the token of somebody else does not help", async () => {
    const { url } = await startServer({ capacity: 3 });
    const { a, tokenOfA } = await joinPair(url);
    const thief = connect(url, { roomId: "room", peerId: "b", resumeToken: tokenOfA });
    expect((await thief.next("refused")).code).toBe("peer-id-taken");
    expect(await a.heard()).toEqual([]);
  });

  it("L4: the token of a membership that has ended is ignored", async () => {
    const { url } = await startServer();
    const { client, welcome } = await join(url, "r", "a");
    await client.request("leave", {});
    const again = await join(url, "r", "a", { resumeToken: welcome.resumeToken });
    expect(again.welcome.resumed).toBe(false);
    expect(again.welcome.resumeToken).not.toBe(welcome.resumeToken);
  });

  describe("beside Socket.IO's own connectionStateRecovery", () => {
    const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };

    it("L4: still takes the token", async () => {
      const server = await startServer({}, recovery);
      const { a } = await joinPair(server.url);
      a.drop();
      await away(server, "a");
      a.socket.connect();
      expect((await a.next("refused")).code).toBe("peer-id-taken");
      expect(a.socket.recovered).toBe(true);
      await a.closed();
    });

    it("S2: does not hear what is said to who came after it", async () => {
      const { url } = await startServer({ capacity: 3, gracePeriodMs: 0 }, recovery);
      const { a: old, b } = await joinPair(url);
      old.drop();
      await b.next("peer-left");
      const { client: next } = await join(url, "room", "a");
      const { client: third } = await join(url, "room", "c");
      old.socket.auth = { protocol: [1], roomId: "elsewhere", peerId: "a" };
      old.socket.connect();
      await old.next("welcome");
      expect(old.socket.recovered).toBe(true);
      await old.heard();
      old.inbox.length = 0;
      await b.request("inform", { data: 1 });
      await Promise.all([next.next("information"), third.next("information")]);
      expect(await old.heard()).toEqual([]);
    });
  });
});
