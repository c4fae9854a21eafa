import { describe, expect, it, vi } from "vitest";
import { MemoryStore } from "../src/index.js";
import { connect, join, joinPair } from "./client.js";
import { inform } from "./envelopes.js";
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

  it("L7: a page that goes away and does not come back has left, after the return period", async () => {
    const { url } = await startServer({ returnPeriodMs: 20 });
    const { a, b } = await joinPair(url);
    expect(await b.request("away", {})).toEqual({});
    expect(await a.heard()).toEqual([]);
    b.drop();
    expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason: "left" });
  });

  it.each([
    { code: 1001, reason: "left", what: "a browser that leaves the page" },
    { code: 4000, reason: "timeout", what: "anything else" },
  ])("L7: a WebSocket that $what closes, with code $code, ends as $reason", async (closing) => {
    const { code, reason } = closing;
    const { url } = await startServer({ returnPeriodMs: 20, gracePeriodMs: 60 });
    const { a, b } = await joinPair(url);
    Reflect.get(b.socket.io.engine.transport, "ws").close(code);
    expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason });
  });

  it("L7: a page that went away comes back as the same member, and its next loss is an ordinary one", async () => {
    const server = await startServer({ returnPeriodMs: 1_000 });
    const { a, b, tokenOfB } = await joinPair(server.url);
    b.send("away", {});
    await b.heard();
    b.drop();
    await away(server, "b");
    const back = await join(server.url, "room", "b", { resumeToken: tokenOfB });
    expect(back.welcome.resumed).toBe(true);
    back.client.drop();
    await away(server, "b");
    expect((await server.store.load("room"))?.members[1]?.presence).toMatchObject({
      reason: "timeout",
    });
    expect(await a.heard()).toEqual([]);
  });

  it("L7: a beat shows that the page has not gone, and saying away often costs nothing", async () => {
    const server = await startServer();
    const { b } = await joinPair(server.url);
    const commit = vi.spyOn(server.store, "commit");
    for (let i = 0; i < 50; i++) await b.request("away", {});
    await b.request("beat", {});
    expect(commit).not.toHaveBeenCalled();
    b.drop();
    await away(server, "b");
    expect((await server.store.load("room"))?.members[1]?.presence).toMatchObject({
      reason: "timeout",
    });
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
    const said = (number: number) => inform("b", `message ${number}`, number);
    for (const number of [1, 2, 1, 2]) {
      expect(await a.request("signal", said(number))).toEqual({});
    }
    const { client: again } = await join(server.url, "room", "b", { resumeToken: tokenOfB });
    await a.request("signal", said(3));
    for (const number of [1, 2, 3]) {
      const { envelope } = said(number);
      expect(await again.next("signal")).toEqual({ from: "a", envelope });
    }
  });

  it("S2: only so much waits for who is away, and the sender is told", async () => {
    const server = await startServer();
    const { a, b } = await joinPair(server.url);
    b.drop();
    await away(server, "b");
    for (let number = 1; number <= 64; number++) {
      expect(await a.request("signal", inform("b", "still there?", number))).toEqual({});
    }
    expect(await a.request("signal", inform("b", "still there?", 65))).toMatchObject({
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
    expect(welcome).toMatchObject({ resumed: true, peers: [{ id: "b", name: "Peer" }] });
    await b.request("signal", inform("a", "still here?"));
    await again.next("signal");
    expect(await b.heard()).toEqual([]);
  });

  it("L4, L6: a new socket takes over, and the old one is closed as resumed-elsewhere", async () => {
    const { url, cignal } = await startServer({ gracePeriodMs: 0 });
    const { a, b, tokenOfA } = await joinPair(url);
    const { client: again } = await join(url, "room", "a", { resumeToken: tokenOfA });
    expect((await a.next("closed")).code).toBe("resumed-elsewhere");
    await a.closed();
    await b.request("signal", inform("a", 1));
    await again.next("signal");
    expect(await b.heard()).toEqual([]);
    expect((await cignal.rooms.get("room"))?.peers).toHaveLength(2);
  });

  it("L4, DEFECTS 5: the token of somebody else does not help", async () => {
    const { url } = await startServer({ maxPeers: 3 });
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

  it("L5: each token works once: what follows a welcome voids the token before", async () => {
    const { url } = await startServer();
    const { client, welcome } = await join(url, "r", "a");
    const tokens = [welcome.resumeToken];
    let latest = client;
    for (let i = 0; i < 3; i++) {
      const resumed = await join(url, "r", "a", { resumeToken: tokens.at(-1) });
      await latest.closed();
      latest = resumed.client;
      tokens.push(resumed.welcome.resumeToken);
      expect(await latest.request("beat", {})).toEqual({});
      for (const resumeToken of tokens.slice(0, -1)) {
        const thief = connect(url, { roomId: "r", peerId: "a", resumeToken });
        expect((await thief.next("refused")).code).toBe("peer-id-taken");
      }
    }
    expect(new Set(tokens).size).toBe(4);
    expect(await latest.heard()).toEqual([]);
  });

  it("L5: who never got the welcome, or came no further, comes back with the token before", async () => {
    const { url } = await startServer();
    const { welcome } = await join(url, "r", "a");
    const { resumeToken } = welcome;
    for (let i = 0; i < 3; i++) {
      const lost = await join(url, "r", "a", { resumeToken });
      expect(lost.welcome.resumed).toBe(true);
      lost.client.drop();
    }
    const { client } = await join(url, "r", "a", { resumeToken });
    await client.request("nonsense", {});
    const late = connect(url, { roomId: "r", peerId: "a", resumeToken });
    expect((await late.next("refused")).code).toBe("peer-id-taken");
  });

  it("L5: a first join costs one commit however much the client says, and a resume one more", async () => {
    const store = new MemoryStore();
    const commit = vi.spyOn(store, "commit");
    const { url } = await startServer({ store });
    const { client, welcome } = await join(url, "r", "a");
    for (let i = 0; i < 3; i++) await client.request("beat", {});
    expect(commit).toHaveBeenCalledTimes(1);
    const again = await join(url, "r", "a", { resumeToken: welcome.resumeToken });
    for (let i = 0; i < 3; i++) await again.client.request("beat", {});
    await eventually(() => expect(commit).toHaveBeenCalledTimes(3));
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
      const { url } = await startServer({ maxPeers: 3, gracePeriodMs: 0 }, recovery);
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
      for (const to of ["a", "c"]) await b.request("signal", inform(to, 1));
      await Promise.all([next.next("signal"), third.next("signal")]);
      expect(await old.heard()).toEqual([]);
    });
  });
});
