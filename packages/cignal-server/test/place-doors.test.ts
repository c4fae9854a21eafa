import { describe, expect, it } from "vitest";
import type { Identity } from "../src/index.js";
import { connect, join, joinPair } from "./client.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

const enter = { roomId: "room", peerId: "c" };

/** A server that knows its users by tokens. */
function startWith(users: Record<string, Identity>, more = {}) {
  return startServer({
    maxPeers: 3,
    authenticate: ({ token = "" }) => users[token] ?? false,
    ...more,
  });
}

describe("open and join", () => {
  it("O2: a room is opened only if there is none, and joined only if there is one", async () => {
    const { url } = await startServer();
    const none = connect(url, { ...enter, enter: "join" });
    expect((await none.next("refused")).code).toBe("no-such-room");
    await join(url, "room", "a", { enter: "open" });
    const second = connect(url, { ...enter, enter: "open" });
    expect((await second.next("refused")).code).toBe("room-exists");
    await join(url, "room", "b", { enter: "join" });
  });
});

describe("a lock", () => {
  it("O3: keeps out who comes, but not who resumes, and everybody is told", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b, tokenOfB } = await joinPair(url);
    expect(await a.request("set-lock", { locked: true })).toEqual({});
    for (const client of [a, b]) {
      const { room } = await client.next("room-updated");
      expect(room).toEqual({ locked: true, hasPassword: false });
    }
    const late = connect(url, enter);
    expect((await late.next("refused")).code).toBe("room-locked");
    await late.closed();
    b.drop();
    const { welcome } = await join(url, "room", "b", { resumeToken: tokenOfB });
    expect(welcome).toMatchObject({ resumed: true, room: { locked: true } });
    await a.request("set-lock", { locked: false });
    await join(url, "room", "c");
  });

  it("O1, O3: is a host's to set, and of nobody else", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b } = await joinPair(url);
    const requests = {
      "set-lock": { locked: true },
      "set-password": { password: "x" },
      admit: { peerId: "a" },
      "turn-away": { peerId: "a" },
      remove: { peerId: "a" },
      "transfer-host": { peerId: "b" },
      "end-room": {},
    };
    for (const [type, payload] of Object.entries(requests)) {
      expect((await b.request(type, payload)).error?.code).toBe("forbidden");
    }
    expect(await a.heard()).toEqual([]);
    expect(await b.heard()).toEqual([]);
  });

  it("O3: rooms may begin with it", async () => {
    const { url } = await startServer({ lockNewRooms: true });
    const { welcome } = await join(url, "room", "a");
    expect(welcome.room?.locked).toBe(true);
    expect((await connect(url, enter).next("refused")).code).toBe("room-locked");
  });
});

describe("a knock", () => {
  it("O4: is heard by hosts alone, and answered by them", async () => {
    const { url } = await startServer({ maxPeers: 4 });
    const { a, b } = await joinPair(url);
    await a.request("set-lock", { locked: true });
    const c = connect(url, { ...enter, knock: true, peerName: "Cy" });
    expect(await c.next("waiting")).toEqual({ reason: "knock" });
    expect((await a.next("knocking")).peer).toEqual({ id: "c", name: "Cy" });
    expect((await c.request("signal", { to: "a" })).error?.code).toBe("not-joined");
    expect(await c.request("beat", {})).toEqual({});
    expect(await a.request("admit", { peerId: "c" })).toEqual({});
    expect(await a.next("knock-ended")).toEqual({ peerId: "c" });
    expect((await c.next("welcome")).peers.map(({ id }) => id)).toEqual(["a", "b"]);
    expect((await b.next("peer-joined")).peer.id).toBe("c");

    const d = connect(url, { roomId: "room", peerId: "d", knock: true });
    await a.next("knocking");
    expect(await a.request("turn-away", { peerId: "d" })).toEqual({});
    expect((await d.next("refused")).code).toBe("turned-away");
    await d.closed();
    expect((await a.request("admit", { peerId: "d" })).error?.code).toBe("no-such-peer");
    expect(await d.inbox.map(({ type }) => type)).toEqual(["waiting"]);
    expect((await b.heard()).filter((type) => type.startsWith("knock"))).toEqual([]);
  });

  it("O4: is over when who knocks goes, or loses the connection", async () => {
    const { url, store } = await startServer();
    const { client: a } = await join(url, "room", "a");
    await a.request("set-lock", { locked: true });
    for (const go of ["drop", "disconnect"] as const) {
      const c = connect(url, { ...enter, knock: true });
      await a.next("knocking");
      c[go]();
      expect(await a.next("knock-ended")).toEqual({ peerId: "c" });
    }
    const c = connect(url, { ...enter, knock: true });
    await a.next("knocking");
    expect(await c.request("leave", {})).toEqual({});
    await a.next("knock-ended");
    expect((await store.load("room"))?.waiting).toBeUndefined();
  });

  it("O4: is told to a host who resumes, and to who becomes host", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b, tokenOfA } = await joinPair(url);
    await a.request("set-lock", { locked: true });
    connect(url, { ...enter, knock: true });
    await a.next("knocking");
    a.drop();
    const again = await join(url, "room", "a", { resumeToken: tokenOfA });
    expect(again.welcome.waiting?.map(({ id }) => id)).toEqual(["c"]);
    await again.client.request("transfer-host", { peerId: "b" });
    expect((await b.next("knocking")).peer.id).toBe("c");
  });

  it("O4: lets in whoever knocks once the door opens, and nobody when the room has ended", async () => {
    const { url } = await startServer({ maxPeers: 4 });
    const { a } = await joinPair(url);
    await a.request("set-lock", { locked: true });
    const c = connect(url, { ...enter, knock: true, enter: "join" });
    await a.next("knocking");
    await a.request("set-lock", { locked: false });
    await c.next("welcome");
    await a.request("set-lock", { locked: true });
    const d = connect(url, { roomId: "room", peerId: "d", knock: true });
    await a.next("knocking");
    expect(await a.request("end-room", {})).toEqual({});
    expect((await d.next("refused")).code).toBe("room-ended");
  });

  it("J2, O4: whom a host admits has a place, and one more cannot be admitted", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a } = await joinPair(url);
    await a.request("set-lock", { locked: true });
    const c = connect(url, { ...enter, knock: true });
    connect(url, { roomId: "room", peerId: "d", knock: true });
    await a.next("knocking");
    await a.next("knocking");
    const answers = await Promise.all([
      a.request("admit", { peerId: "c" }),
      a.request("admit", { peerId: "d" }),
    ]);
    expect(answers.map(({ error }) => error?.code)).toEqual([undefined, "room-full"]);
    await c.next("welcome");
  });

  it("O5: no more than 32 wait", async () => {
    const { url } = await startServer();
    const { client: a } = await join(url, "room", "a");
    await a.request("set-lock", { locked: true });
    for (let i = 0; i < 32; i++) {
      await connect(url, { roomId: "room", peerId: `k${i}`, knock: true }).next("waiting");
    }
    const refused = await connect(url, { ...enter, knock: true }).next("refused");
    expect(refused.code).toBe("room-full");
  });
});

describe("waiting for the host", () => {
  const users = { host: { role: "host" }, guest: {} };

  it("O5: guests come in with the host, in their order, as far as there are places", async () => {
    const { url, cignal } = await startWith(users, { waitForHost: true });
    const guests = [];
    for (const peerId of ["g1", "g2", "g3"]) {
      const guest = connect(url, { roomId: "room", peerId, token: "guest", enter: "join" });
      expect(await guest.next("waiting")).toEqual({ reason: "host" });
      guests.push(guest);
    }
    expect(await cignal.rooms.get("room")).toMatchObject({ peers: [], waiting: 3 });
    const { client: host, welcome } = await join(url, "room", "h", { token: "host" });
    expect(welcome.peers).toEqual([]);
    const [first, second, third] = guests;
    await first?.next("welcome");
    await second?.next("welcome");
    expect((await third?.next("refused"))?.code).toBe("room-full");
    const joined = [await host.next("peer-joined"), await host.next("peer-joined")];
    expect(joined.map(({ peer }) => peer.id).sort()).toEqual(["g1", "g2"]);
    expect(await host.heard()).toEqual([]);
  });

  it("J1, O5: a room in which nobody waits any more is gone", async () => {
    const { url, store } = await startWith(users, { waitForHost: true });
    const guest = connect(url, { ...enter, token: "guest" });
    await guest.next("waiting");
    guest.drop();
    await eventually(async () => expect(await store.count()).toBe(0));
  });

  it("L8, O5: who waits must still be somebody the server knows", async () => {
    const { url } = await startServer({
      waitForHost: true,
      authenticate: () => ({ expiresAt: Date.now() + 200 }),
    });
    const guest = connect(url, enter);
    await guest.next("waiting");
    expect((await guest.next("refused")).code).toBe("token-expired");
  });
});

describe("a password", () => {
  it("O7: is asked of who comes, not of who resumes, and is nowhere to be seen", async () => {
    const { url, cignal, store } = await startServer({ maxPeers: 4 });
    const password = "open sesame";
    const { client: a, welcome } = await join(url, "room", "a", { password });
    expect(welcome.room).toEqual({ locked: false, hasPassword: true });
    expect((await connect(url, enter).next("refused")).code).toBe("password-required");
    const wrong = connect(url, { ...enter, password: "open" });
    expect(await wrong.next("refused")).toMatchObject({
      code: "wrong-password",
      field: "password",
    });
    const b = await join(url, "room", "b", { password });
    b.client.drop();
    await join(url, "room", "b", { resumeToken: b.welcome.resumeToken });
    expect(JSON.stringify(await store.load("room"))).not.toContain(password);
    expect(JSON.stringify(await cignal.rooms.all())).not.toMatch(/scrypt|sesame/);
    expect(JSON.stringify(a.inbox)).not.toMatch(/scrypt|sesame/);
  });

  it("O7: is changed and taken away by a host", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b } = await joinPair(url);
    expect(await a.request("set-password", { password: "new" })).toEqual({});
    expect((await b.next("room-updated")).room).toEqual({ locked: false, hasPassword: true });
    expect((await connect(url, enter).next("refused")).code).toBe("password-required");
    expect(await a.request("set-password", { password: null })).toEqual({});
    await join(url, "room", "c");
  });

  it("O7: holds for both who open a room with it at once", async () => {
    const { url } = await startServer();
    const password = "same";
    const both = ["a", "b"].map((id) => join(url, "room", id, { password }));
    const sizes = (await Promise.all(both)).map(({ welcome }) => welcome.peers.length);
    expect(sizes.sort()).toEqual([0, 1]);
  });

  it("M4, O7: cannot be guessed for long", async () => {
    const { url } = await startServer();
    await join(url, "room", "a", { password: "right" });
    const codes: string[] = [];
    for (let i = 0; i < 11; i++) {
      const refused = await connect(url, { ...enter, password: `${i}` }).next("refused");
      codes.push(refused.code);
      if (refused.code === "rate-limited") expect(refused.retryAfterMs).toBeGreaterThan(0);
    }
    expect(codes).toEqual([...Array(10).fill("wrong-password"), "rate-limited"]);
  });
});

it("DEFECTS 22, J2: 20 who come at once find exactly as many places as there are", async () => {
  const { url, store } = await startServer({ maxPeers: 5 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const client = connect(url, { roomId: "room", peerId: `p${i}` });
      return Promise.race([
        client.next("welcome").then(() => "welcome"),
        client.next("refused").then(({ code }) => code),
      ]);
    }),
  );
  expect(answers.filter((answer) => answer === "welcome")).toHaveLength(5);
  expect(answers.filter((answer) => answer === "room-full")).toHaveLength(15);
  expect((await store.load("room"))?.members).toHaveLength(5);
});
