import { describe, expect, it, vi } from "vitest";
import type { Actor, Authenticate, HandshakeInfo, Identity, Refused } from "../src/index.js";
import { connect, join, joinPair } from "./client.js";
import { inform } from "./envelopes.js";
import { startServer } from "./server.js";

/** A server whose users are known by their tokens, as by a database. */
function startWith(users: Record<string, Identity | Refused>) {
  const authenticate: Authenticate = ({ token = "" }) =>
    Object.hasOwn(users, token) ? (users[token] ?? false) : false;
  return startServer({ authenticate, maxPeers: 4 });
}

const hostile = { peerName: "Root", role: "host" };

describe("who somebody is", () => {
  it("H9: is what the server knows, whatever the client claims", async () => {
    const { url, cignal } = await startWith({
      full: { name: "Ann", role: "nurse", userId: "7" },
      role: { role: "nurse" },
      nothing: {},
    });
    const { client } = await join(url, "r", "first", { token: "nothing", ...hostile });
    const shown = [
      { id: "full", name: "Ann", role: "nurse" },
      { id: "role", name: "nurse", role: "nurse" },
      { id: "nothing", name: "Peer" },
    ];
    for (const you of shown) {
      const { welcome } = await join(url, "r", you.id, { token: you.id, ...hostile });
      expect(welcome.you).toEqual(you);
      expect((await client.next("peer-joined")).peer).toEqual(you);
    }
    const peers = (await cignal.rooms.get("r"))?.peers.slice(1);
    expect(peers).toMatchObject(shown);
    expect(JSON.stringify(peers)).not.toMatch(/userId|standing|token/);
  });

  it("H8: is asked with the token, at each connection", async () => {
    const asked: HandshakeInfo[] = [];
    const { url } = await startServer({
      authenticate: (info) => {
        asked.push(info);
        return true;
      },
    });
    const { client, welcome } = await join(url, "r", "a", { token: "one" });
    client.drop();
    await join(url, "r", "a", { token: "two", resumeToken: welcome.resumeToken });
    await join(url, "r", "b");
    expect(asked.map(({ token }) => token)).toEqual(["one", "two", undefined]);
    expect(asked[0]).toMatchObject({ roomId: "r", peerId: "a", peerName: undefined });
  });

  it("H11: without authenticate a claimed role is a label for people and gives no right", async () => {
    const asked: Actor[] = [];
    const { url } = await startServer({
      authorize: (peer, action) => {
        asked.push(peer);
        return action === "join" || peer.role === "host";
      },
    });
    await join(url, "r", "b");
    asked.length = 0;
    const { client, welcome } = await join(url, "r", "a", { peerName: "Ann", role: "host" });
    expect(welcome.you.role).toBe("host");
    expect((await client.request("set-ice-servers", { iceServers: [] })).error?.code).toBe(
      "forbidden",
    );
    const actor = { roomId: "r", id: "a", name: "Ann", role: "participant" };
    expect(asked).toEqual([actor, actor]);
  });

  it("H11: with authenticate the role is the server's, and hooks know the user", async () => {
    const asked: Actor[] = [];
    const { url } = await startServer({
      authenticate: ({ token }) => ({ role: token, userId: `user of ${token}` }),
      authorize: (peer, action) => {
        asked.push(peer);
        return action === "join" || peer.role === "host";
      },
    });
    const { client: host } = await join(url, "r", "h", { token: "host" });
    const { client: guest } = await join(url, "r", "g", { token: "guest", ...hostile });
    expect(await host.request("set-ice-servers", { iceServers: [] })).toEqual({});
    expect((await guest.request("set-ice-servers", { iceServers: [] })).error?.code).toBe(
      "forbidden",
    );
    expect((await guest.request("signal", inform("h", 1))).error?.code).toBe("forbidden");
    expect(asked.at(-1)).toEqual({
      roomId: "r",
      id: "g",
      name: "guest",
      role: "guest",
      userId: "user of guest",
    });
  });
});

describe("who is not let in", () => {
  it("H10, H4: is told why, loses the socket, and the room and its pair notice nothing", async () => {
    const now = Date.now();
    const { url, cignal } = await startWith({
      pair: { rooms: "r" },
      elsewhere: { rooms: ["q", "s"] },
      other: { peerId: "somebody" },
      late: { expiresAt: now - 1 },
      barred: { refused: "forbidden", message: "You were put out." },
      later: { refused: "unavailable" },
    });
    const { client: a } = await join(url, "r", "a", { token: "pair" });
    const { client: b } = await join(url, "r", "b", { token: "pair" });
    await a.next("peer-joined");
    const before = await cignal.rooms.all();
    const codes = {
      "": "bad-message",
      unknown: "unauthorized",
      elsewhere: "forbidden",
      other: "forbidden",
      late: "token-expired",
      barred: "forbidden",
      later: "unavailable",
    };
    for (const [token, code] of [...Object.entries(codes), ["__proto__", "unauthorized"]]) {
      const client = connect(url, { roomId: "r", peerId: "c", token, ...hostile });
      expect(await client.next("refused")).toMatchObject({ code });
      await client.closed();
      expect(client.inbox).toEqual([]);
    }
    const nobody = connect(url, { roomId: "new", peerId: "c" });
    expect((await nobody.next("refused")).code).toBe("unauthorized");
    expect(await cignal.rooms.all()).toEqual(before);
    expect(await a.heard()).toEqual([]);
    expect(await a.request("signal", inform("b", "still here"))).toEqual({});
    await b.next("signal");
  });

  it("H10: hears of a slow hook, and never waits for ever", async () => {
    const error = vi.fn();
    const { url, cignal } = await startServer({
      authenticate: () => new Promise(() => {}),
      hookTimeoutMs: 100,
      logger: { info: () => {}, warn: () => {}, error },
    });
    const client = connect(url, { roomId: "r", peerId: "a", token: "s3cret" });
    expect(await client.next("refused")).toMatchObject({
      code: "unavailable",
      retryAfterMs: expect.any(Number),
    });
    await client.closed();
    expect(await cignal.rooms.count()).toBe(0);
    expect(JSON.stringify(error.mock.calls)).not.toContain("s3cret");
  });

  it("H7, H10: a check needs to be known, and no place in its random room", async () => {
    const { url } = await startWith({ ann: { rooms: "r", peerId: "ann" } });
    const random = { roomId: "random", peerId: "random", check: true };
    await connect(url, { ...random, token: "ann" }).next("checked");
    const refused = await connect(url, random).next("refused");
    expect(refused.code).toBe("unauthorized");
  });

  it("H6: nobody is asked about a page of another origin, or one without, if so set", async () => {
    const authenticate = vi.fn(() => true);
    const allowedOrigins = ["https://good.example", "capacitor://localhost"];
    const { url } = await startServer({ authenticate, allowedOrigins, requireOrigin: true });
    const from = (origin?: string) =>
      connect(url, { roomId: "r", peerId: "a" }, origin ? { extraHeaders: { origin } } : {});
    const others = [undefined, "https://good.example.evil.example", "null", "https://GOOD.example"];
    for (const origin of others) {
      expect((await from(origin).next("refused")).code).toBe("origin-not-allowed");
    }
    expect(authenticate).not.toHaveBeenCalled();
    const one = from("capacitor://localhost");
    await one.next("welcome");
    await one.request("leave", {});
    await from("https://good.example").next("welcome");
  });
});

describe("who comes back", () => {
  it("L4: needs a token that holds beside the resume token, and keeps the place meanwhile", async () => {
    const users: Record<string, Identity> = { old: { name: "Ann" }, bob: {} };
    const { url } = await startWith(users);
    const { client: bob } = await join(url, "r", "b", { token: "bob" });
    const { client, welcome } = await join(url, "r", "a", { token: "old" });
    await bob.next("peer-joined");
    client.drop();
    delete users["old"];
    users["new"] = { name: "Ann B.", role: "host" };
    const { resumeToken } = welcome;
    for (const more of [{}, { token: "old" }]) {
      const refused = connect(url, { roomId: "r", peerId: "a", resumeToken, ...more });
      expect((await refused.next("refused")).code).toBe("unauthorized");
    }
    const again = await join(url, "r", "a", { resumeToken, token: "new" });
    expect(again.welcome).toMatchObject({
      resumed: true,
      you: { id: "a", name: "Ann B.", role: "host", host: true },
    });
    expect((await bob.next("peer-updated")).peer).toEqual(again.welcome.you);
    expect(await bob.heard()).toEqual([]);
  });

  it("L4: as somebody else, with a stolen resume token, is refused", async () => {
    const { url } = await startWith({ ann: { userId: "1" }, mallory: { userId: "2" } });
    const { client, welcome } = await join(url, "r", "a", { token: "ann" });
    const { resumeToken } = welcome;
    const thief = connect(url, { roomId: "r", peerId: "a", resumeToken, token: "mallory" });
    expect((await thief.next("refused")).code).toBe("peer-id-taken");
    expect(await client.heard()).toEqual([]);
  });
});

describe("when what let somebody in expires", () => {
  it("L8: the socket is closed with the reason, and who renews it in time was never gone", async () => {
    const users: Record<string, Identity> = {
      short: { expiresAt: Date.now() + 300 },
      long: { expiresAt: Date.now() + 60_000 },
      bob: {},
    };
    const { url } = await startWith(users);
    const { client: bob } = await join(url, "r", "b", { token: "bob" });
    const { client, welcome } = await join(url, "r", "a", { token: "short" });
    await bob.next("peer-joined");
    expect(await client.next("closed")).toMatchObject({ code: "token-expired", retryAfterMs: 0 });
    await client.closed();
    const { resumeToken } = welcome;
    const old = connect(url, { roomId: "r", peerId: "a", resumeToken, token: "short" });
    expect((await old.next("refused")).code).toBe("token-expired");
    const again = await join(url, "r", "a", { resumeToken, token: "long" });
    expect(again.welcome.resumed).toBe(true);
    expect(await bob.heard()).toEqual([]);
    expect(await again.client.request("signal", inform("b", "back"))).toEqual({});
  });

  it("L8: who does not renew it is put out", async () => {
    const { url } = await startServer({
      gracePeriodMs: 200,
      authenticate: ({ token }) => (token ? { expiresAt: Date.now() + 100 } : true),
    });
    const { client: bob } = await join(url, "r", "b");
    const { client: ann } = await join(url, "r", "a", { token: "t" });
    await ann.next("closed");
    expect(await bob.next("peer-left")).toMatchObject({ peerId: "a", reason: "removed" });
  });
});

it("a pair whose server asks for no token goes on as before", async () => {
  const { url } = await startServer();
  const { a, b } = await joinPair(url);
  expect(await a.request("signal", inform("b", 1))).toEqual({});
  await b.next("signal");
});
