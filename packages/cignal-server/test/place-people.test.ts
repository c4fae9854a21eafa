import { describe, expect, it } from "vitest";
import type { Actor, Identity } from "../src/index.js";
import { connect, join, joinPair } from "./client.js";
import { envelope, inform } from "./envelopes.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

const media = { microphone: "on", camera: "muted", screen: "off" };

/** A server that knows its users by tokens. */
function startWith(users: Record<string, Identity>, more = {}) {
  return startServer({
    maxPeers: 3,
    authenticate: ({ token = "" }) => users[token] ?? false,
    ...more,
  });
}

/** A room of three, who have heard of each other. */
async function joinThree() {
  const server = await startServer({ maxPeers: 3 });
  const { a, b, tokenOfA } = await joinPair(server.url);
  const { client: c } = await join(server.url, "room", "c");
  await a.next("peer-joined");
  await b.next("peer-joined");
  return { ...server, a, b, c, tokenOfA };
}

describe("the host", () => {
  it("O1: is who opened the room, and after them who has been there longest", async () => {
    const { a, b, c } = await joinThree();
    await a.request("leave", {});
    for (const client of [b, c]) {
      await client.next("peer-left");
      expect((await client.next("peer-updated")).peer).toMatchObject({ id: "b", host: true });
    }
    expect(await b.request("set-lock", { locked: true })).toEqual({});
  });

  it("O1: who is only cut off is host still", async () => {
    const { url, a, b, tokenOfA } = await joinThree();
    a.drop();
    const { welcome } = await join(url, "room", "a", { resumeToken: tokenOfA });
    expect(welcome.you.host).toBe(true);
    expect(await b.heard()).toEqual([]);
  });

  it("O1: is by the server's word alone where it knows its users", async () => {
    const { url } = await startWith({ host: { role: "host" }, guest: {} });
    const { client: guest, welcome } = await join(url, "room", "g", { token: "guest" });
    expect(welcome.you.host).toBeUndefined();
    expect((await guest.request("set-lock", { locked: true })).error?.code).toBe("forbidden");
    const { client: host } = await join(url, "room", "h", { token: "host" });
    expect(await host.request("set-lock", { locked: true })).toEqual({});
    await host.request("leave", {});
    await guest.next("peer-left");
    expect(await guest.heard()).toEqual(["peer-joined", "room-updated"]);
  });

  it("O8: hands its role over, of which everybody is told", async () => {
    const { a, b, c } = await joinThree();
    expect((await a.request("transfer-host", { peerId: "x" })).error?.code).toBe("no-such-peer");
    expect(await a.request("transfer-host", { peerId: "b" })).toEqual({});
    for (const client of [b, c]) {
      const first = await client.next("peer-updated");
      const second = await client.next("peer-updated");
      expect(first.peer).toEqual({ id: "a", name: "Peer" });
      expect(second.peer).toEqual({ id: "b", name: "Peer", host: true });
      expect(second.revision).toBeGreaterThan(first.revision);
    }
    expect((await a.request("end-room", {})).error?.code).toBe("forbidden");
    expect(await b.request("remove", { peerId: "a" })).toEqual({});
  });

  it("O1: an authorize hook that has no objection leaves to hosts what is theirs", async () => {
    const { url } = await startServer({ authorize: () => true });
    const { a, b } = await joinPair(url);
    for (const [type, payload] of [
      ["set-lock", { locked: true }],
      ["set-password", { password: "p" }],
      ["remove", { peerId: "a" }],
      ["transfer-host", { peerId: "b" }],
      ["end-room", {}],
    ] as const) {
      expect((await b.request(type, payload)).error?.code).toBe("forbidden");
    }
    expect(await a.request("set-lock", { locked: true })).toEqual({});
  });

  it("O1: whoever your own authorize grants it may do it as well, and whom it refuses may not, host or not", async () => {
    const asked: [Actor["role"], string][] = [];
    const { url } = await startServer({
      authorize: ({ id, role }, action) => {
        asked.push([role, action]);
        if (action === "join") return true;
        return id === "b" ? "grant" : false;
      },
    });
    const { a, b } = await joinPair(url);
    expect((await a.request("set-lock", { locked: true })).error?.code).toBe("forbidden");
    expect((await a.request("update", { name: "A" })).error?.code).toBe("forbidden");
    expect(await b.request("set-lock", { locked: true })).toEqual({});
    expect(asked.slice(2)).toEqual([
      ["host", "lock"],
      ["host", "update"],
      ["participant", "lock"],
    ]);
  });
});

describe("who is put out", () => {
  it("O6: is told so, and cannot come back while the room lasts", async () => {
    const { url, a, b, c } = await joinThree();
    expect(await a.request("remove", { peerId: "b" })).toEqual({});
    expect((await b.next("closed")).code).toBe("removed");
    await b.closed();
    for (const client of [a, c]) {
      expect(await client.next("peer-left")).toMatchObject({ peerId: "b", reason: "removed" });
    }
    const again = connect(url, { roomId: "room", peerId: "b" });
    expect((await again.next("refused")).code).toBe("removed");
    await a.request("leave", {});
    await c.request("leave", {});
    await join(url, "room", "b");
  });

  it("O6: is known again by the user, where the server knows it", async () => {
    const { url } = await startWith({
      host: { role: "host" },
      ann: { userId: "1" },
      bob: { userId: "2" },
    });
    const { client: host } = await join(url, "room", "h", { token: "host" });
    await join(url, "room", "a", { token: "ann" });
    await host.request("remove", { peerId: "a" });
    const other = connect(url, { roomId: "room", peerId: "other", token: "ann" });
    expect((await other.next("refused")).code).toBe("removed");
    await join(url, "room", "a", { token: "bob" });
  });

  it("O6: is everybody when the room is ended, the sender after its answer", async () => {
    const { cignal, a, b, c } = await joinThree();
    expect(await a.request("end-room", {})).toEqual({});
    for (const client of [a, b, c]) {
      expect((await client.next("closed")).code).toBe("room-ended");
      await client.closed();
    }
    expect(await cignal.rooms.count()).toBe(0);
  });
});

describe("what somebody tells of itself", () => {
  it("O9: reaches the others, and who comes later", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b } = await joinPair(url);
    const details = { seat: 3 };
    expect(await a.request("update", { name: "Ann", details, media })).toEqual({});
    const peer = { id: "a", name: "Ann", host: true, details, media };
    expect((await b.next("peer-updated")).peer).toEqual(peer);
    const { welcome } = await join(url, "room", "c", { details: { seat: 4 }, media });
    expect(welcome.peers[0]).toEqual(peer);
    expect(welcome.you).toEqual({ id: "c", name: "Peer", details: { seat: 4 }, media });
    await a.request("update", { details: null });
    expect((await b.next("peer-updated")).peer).toEqual({ ...peer, details: undefined });
    expect(await a.heard()).toEqual(["peer-joined"]);
  });

  it("O9: cannot be a name that the server knows better", async () => {
    const { url } = await startWith({ ann: { name: "Ann" }, nobody: {} });
    const { client: ann } = await join(url, "room", "a", { token: "ann" });
    const refused = await ann.request("update", { name: "Root", media });
    expect(refused.error).toMatchObject({ code: "forbidden", field: "name" });
    expect(await ann.request("update", { media })).toEqual({});
    const { client: nobody } = await join(url, "room", "b", { token: "nobody" });
    expect(await nobody.request("update", { name: "Bo" })).toEqual({});
    expect((await ann.next("peer-joined")).peer.name).toBe("Peer");
    expect((await ann.next("peer-updated")).peer.name).toBe("Bo");
  });

  it("O9: pollutes no prototype", async () => {
    const { a, b } = await joinThree();
    const details = JSON.parse('{ "a": { "__proto__": { "polluted": true } } }');
    expect((await a.request("update", { details })).error).toMatchObject({
      code: "bad-message",
      field: "details",
    });
    expect(await b.heard()).toEqual([]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("who watches", () => {
  it("O10: is told how the room is, at each change, and is no member", async () => {
    const { url } = await startServer({ maxPeers: 4 });
    const watcher = connect(url, { roomId: "room", peerId: "w", watch: true });
    expect(await watcher.next("presence")).toEqual({
      open: false,
      size: 0,
      capacity: 4,
      locked: false,
      hasPassword: false,
      host: false,
      revision: 0,
    });
    const { a, b } = await joinPair(url);
    const latest = async (look: Record<string, unknown>) => {
      for (;;) {
        const presence = await watcher.next("presence");
        if (Object.entries(look).every(([key, value]) => Reflect.get(presence, key) === value)) {
          return presence;
        }
      }
    };
    await latest({ open: true, size: 2, host: true });
    await a.request("set-lock", { locked: true });
    await latest({ locked: true });
    expect((await watcher.request("signal", {})).error?.code).toBe("not-joined");
    await a.request("leave", {});
    await b.request("leave", {});
    const closed = await latest({ open: false, size: 0, locked: false });
    expect(closed.revision).toBeGreaterThan(0);
    expect(await watcher.request("leave", {})).toEqual({});
    await watcher.closed();
  });

  it("O10: learns names only if the server tells them, and nothing if it tells nothing", async () => {
    const named = await startServer({ presence: "names" });
    await join(named.url, "room", "a", { peerName: "Ann", details: { private: true } });
    const watcher = connect(named.url, { roomId: "room", peerId: "w", watch: true });
    expect((await watcher.next("presence")).peers).toEqual([{ name: "Ann", host: true }]);

    const silent = await startServer({ presence: false });
    const refused = connect(silent.url, { roomId: "room", peerId: "w", watch: true });
    expect((await refused.next("refused")).code).toBe("forbidden");
  });

  it("O10: must be allowed to", async () => {
    const { url } = await startServer({ authorize: (_peer, action) => action !== "watch" });
    const refused = connect(url, { roomId: "room", peerId: "w", watch: true });
    expect((await refused.next("refused")).code).toBe("forbidden");
  });
});

describe("an inspector", () => {
  const users = { host: { role: "host" }, guest: {}, eye: { role: "inspector" } };
  const sections = (direction: string) =>
    `v=0\r\nm=audio 9 x 111\r\na=${direction}\r\nm=application 9 x webrtc-datachannel\r\n`;
  const described = (type: string, sdp: string) =>
    envelope({ type: "description", connection: "c", description: { type, sdp } });

  it("O11: takes no place, and only watches", async () => {
    const { url } = await startWith(users, { maxPeers: 2 });
    const { client: host } = await join(url, "room", "h", { token: "host" });
    const { client: eye, welcome } = await join(url, "room", "i", { token: "eye" });
    expect(welcome.you.inspector).toBe(true);
    expect((await host.next("peer-joined")).peer.inspector).toBe(true);
    await join(url, "room", "g", { token: "guest" });
    const ask = async (said: unknown) =>
      (await eye.request("signal", { to: "h", envelope: said })).error?.code;
    expect(await ask(described("answer", sections("recvonly")))).toBeUndefined();
    expect(await ask(envelope(undefined))).toBeUndefined();
    expect(await ask(described("answer", sections("sendrecv")))).toBe("forbidden");
    expect(await ask(described("answer", "v=0\r\nm=audio 9 x 111\r\n"))).toBe("forbidden");
    expect(await ask(described("offer", sections("recvonly")))).toBe("forbidden");
    expect(await ask(inform("h", "hello").envelope)).toBe("forbidden");
    for (const [type, payload] of Object.entries({
      update: { name: "x" },
      "set-ice-servers": { iceServers: [] },
      "end-room": {},
      "set-lock": { locked: true },
    })) {
      expect((await eye.request(type, payload)).error?.code).toBe("forbidden");
    }
    expect(await eye.request("leave", {})).toEqual({});
  });

  it("O11: comes into a locked room; 8 at most are there", async () => {
    const { url } = await startWith(users, { maxPeers: 2 });
    const { client: host } = await join(url, "room", "h", { token: "host" });
    await host.request("set-lock", { locked: true });
    for (let i = 0; i < 8; i++) await join(url, "room", `i${i}`, { token: "eye" });
    const refused = connect(url, { roomId: "room", peerId: "i8", token: "eye" });
    expect((await refused.next("refused")).code).toBe("room-full");
  });

  it("O12: that is invisible is nowhere but in what it hears itself", async () => {
    const { url, cignal } = await startWith(users, { invisibleInspectors: true });
    const told: string[] = [];
    cignal.on("peerJoined", ({ peer }) => told.push(peer.id));
    cignal.on("peerLeft", ({ peer }) => told.push(peer.id));
    const { client: eye } = await join(url, "room", "i", { token: "eye" });
    const { client: host, welcome } = await join(url, "room", "h", {
      token: "host",
      enter: "open",
    });
    expect(welcome.peers).toEqual([]);
    expect((await eye.next("peer-joined")).peer.id).toBe("h");
    const signal = (to: string) => ({ to, envelope: envelope(undefined) });
    expect((await host.request("signal", signal("i"))).error?.code).toBe("no-such-peer");
    expect((await eye.request("signal", signal("h"))).error?.code).toBe("forbidden");
    expect((await host.request("remove", { peerId: "i" })).error?.code).toBe("no-such-peer");
    await host.request("update", { name: "Ann" });
    expect((await eye.next("peer-updated")).peer.name).toBe("Ann");
    expect((await cignal.rooms.get("room"))?.peers.map(({ id }) => id)).toEqual(["h"]);
    await eye.request("leave", {});
    await eventually(async () => expect(told).toEqual(["h"]));
    expect(await host.heard()).toEqual([]);
  });
});
