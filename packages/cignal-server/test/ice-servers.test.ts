import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Actor, IceServersFor } from "../src/index.js";
import { connect, join, joinPair, type TestClient } from "./client.js";
import { eventually } from "./eventually.js";
import { resolvers } from "./gate.js";
import { silent, startServer } from "./server.js";

describe("lists of ICE servers", () => {
  const turn = [{ urls: ["turn:t.example:3478"], username: "u", credential: "hunter2" }];

  it("C2, DEFECTS 2: a client's list is its own room's alone", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url, "one");
    const { client: other } = await join(url, "two", "a");
    expect(await a.request("set-ice-servers", { iceServers: turn })).toEqual({});
    for (const member of [a, b]) {
      expect(await member.next("ice-servers")).toEqual({ iceServers: turn });
    }
    expect(await other.heard()).toEqual([]);
    expect((await join(url, "three", "a")).welcome.iceServers).not.toEqual(turn);
  });

  it("C2, DEFECTS 3: whoever joins later has the list, and so has the callee", async () => {
    const { url } = await startServer();
    const { client: a } = await join(url, "r", "a");
    await a.request("set-ice-servers", { iceServers: turn });
    expect((await join(url, "r", "b")).welcome.iceServers).toEqual(turn);
  });

  it("C1: a wrong list is refused and changes nothing", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    const answer = await a.request("set-ice-servers", { iceServers: [{ urls: "http://a" }] });
    expect(answer.error).toMatchObject({ code: "bad-message", field: "iceServers.0.urls" });
    expect(await b.heard()).toEqual([]);
  });

  it("C2: the server sets one room's list, or everybody's who has none", async () => {
    const { url, cignal } = await startServer();
    const { a } = await joinPair(url, "one");
    const { a: other } = await joinPair(url, "two");
    expect(await cignal.setICEServers(turn, { roomId: "one" })).toBe(true);
    expect(await a.next("ice-servers")).toEqual({ iceServers: turn });
    expect(await cignal.setICEServers(turn, { roomId: "nowhere" })).toBe(false);
    const stun = [{ urls: "stun:stun.example.org" }];
    expect(await cignal.setICEServers(stun)).toBe(true);
    expect(await other.next("ice-servers")).toEqual({ iceServers: stun });
    expect(await a.heard()).toEqual([]);
    expect((await join(url, "three", "a")).welcome.iceServers).toEqual(stun);
    await expect(cignal.setICEServers([{ urls: "http://a" }])).rejects.toThrow("0.urls");
  });
});

describe("servers for each peer", () => {
  const list = [{ urls: "stun:stun.example.org" }];
  const turn = { urls: ["turn:turn.example.org"], secret: "secret", ttlSeconds: 60 };

  const entryFor = (peerId: string) => ({
    urls: turn.urls,
    username: expect.stringMatching(new RegExp(`^\\d{10}:${peerId}$`)),
    credential: expect.stringMatching(/^[\w+/]{27}=$/),
  });

  it("C3, C4: each peer gets its own TURN credentials after the list for everybody", async () => {
    const { url } = await startServer({ iceServers: list, turn });
    for (const peerId of ["a", "b"]) {
      const { welcome } = await join(url, "r", peerId);
      expect(welcome.iceServers).toEqual([...list, entryFor(peerId)]);
    }
  });

  it("C3: a function makes the list of each peer, of whom it is told", async () => {
    const iceServers = vi.fn(async ({ role }: Actor) => [{ urls: `stun:${role}.example.org` }]);
    const authenticate = () => ({ name: "Ann", role: "doctor", userId: "7" });
    const { url } = await startServer({ iceServers, turn, authenticate });
    const { welcome } = await join(url, "r", "a", { peerName: "Bob", role: "host" });
    expect(welcome.iceServers).toEqual([{ urls: "stun:doctor.example.org" }, entryFor("a")]);
    const actor = { roomId: "r", id: "a", name: "Ann", role: "doctor", userId: "7" };
    expect(iceServers).toHaveBeenCalledExactlyOnceWith(actor);
  });

  it.each<[string, (peer: Actor) => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no database");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no database"))],
    ["returns nothing", () => undefined],
    ["returns a wrong list", () => [{ urls: "http://hunter2" }]],
  ])("C3: when the function %s, that is logged and the peer gets the rest", async (_how, make) => {
    const error = vi.fn();
    const { url } = await startServer({
      iceServers: make as IceServersFor,
      turn,
      logger: { ...silent, error },
    });
    expect((await join(url, "r", "a")).welcome.iceServers).toEqual([entryFor("a")]);
    expect(error).toHaveBeenCalledExactlyOnceWith("iceServers failed", {
      roomId: "r",
      peerId: "a",
      error: expect.stringMatching(/^(Error: no database|ProtocolError: .*expected.*)$/),
    });
    expect(JSON.stringify(error.mock.calls)).not.toContain("hunter2");
  });

  it("C2, C3: a list for all replaces what was given and keeps TURN, a room's replaces both", async () => {
    const { url, cignal } = await startServer({ iceServers: () => list, turn });
    const { a } = await joinPair(url, "one");
    const { a: other } = await joinPair(url, "two");
    const own = [{ urls: "stun:own.example.org" }];
    await a.request("set-ice-servers", { iceServers: own });
    await a.next("ice-servers");
    const next = [{ urls: "stun:next.example.org" }];
    await cignal.setICEServers(next);
    expect(await other.next("ice-servers")).toEqual({ iceServers: [...next, entryFor("a")] });
    expect(await a.heard()).toEqual([]);
    expect((await join(url, "three", "c")).welcome.iceServers).toEqual([...next, entryFor("c")]);
    await a.request("leave", {});
    expect((await join(url, "one", "a")).welcome.iceServers).toEqual(own);
  });

  it("C2: a list for all counts also for who is just coming in", async () => {
    const asked = resolvers();
    const answer = resolvers();
    const iceServers = async () => {
      asked.resolve();
      await answer.promise;
      return list;
    };
    const { url, cignal } = await startServer({ iceServers });
    const joined = join(url, "r", "a");
    await asked.promise;
    const next = [{ urls: "stun:next.example.org" }];
    await cignal.setICEServers(next);
    answer.resolve();
    expect((await joined).welcome.iceServers).toEqual(next);
  });

  it("H2: who is gone when the function has answered never becomes a member", async () => {
    const asked = resolvers();
    const answer = resolvers();
    const { url, io, cignal } = await startServer({
      iceServers: async ({ id }) => {
        if (id === "slow") {
          asked.resolve();
          await answer.promise;
        }
        return list;
      },
    });
    const slow = connect(url, { roomId: "r", peerId: "slow" });
    await asked.promise;
    slow.drop();
    await eventually(() => expect(io.of("/cignal").sockets.size).toBe(0));
    answer.resolve();
    await join(url, "another", "a");
    expect(await cignal.rooms.get("r")).toBeUndefined();
  });
});

describe("renewal", () => {
  beforeEach(() => {
    // Only what Cignal itself looks at: the network goes on as ever.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets time pass in which the clients show that they are there. */
  async function pass(seconds: number, ...clients: TestClient[]): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 5) {
      vi.advanceTimersByTime(5_000);
      for (const client of clients) await client.request("beat", {});
    }
  }

  it("C3, C4: credentials are renewed for each member before they run out, again and again", async () => {
    const turn = { urls: "turn:turn.example.org", secret: "secret", ttlSeconds: 60 };
    const { url } = await startServer({ iceServers: [], turn });
    const { client: early } = await join(url, "r", "a");
    await pass(20, early);
    const { client: late } = await join(url, "r", "b");
    await pass(20, early, late);
    expect(await early.heard()).toEqual(["peer-joined"]);
    await pass(5, early, late);
    expect((await early.next("ice-servers")).iceServers[0]?.username).toMatch(/:a$/);
    expect(await late.heard()).toEqual([]);
    await pass(20, early, late);
    expect((await late.next("ice-servers")).iceServers[0]?.username).toMatch(/:b$/);
    await pass(25, early, late);
    expect((await early.next("ice-servers")).iceServers[0]?.username).toMatch(/:a$/);
  });

  it("C3: a function is asked again, and if it fails then its last answer holds", async () => {
    const iceServers = vi.fn(async () => [{ urls: "stun:one" }]);
    const turn = { urls: "turn:turn.example.org", secret: "secret", ttlSeconds: 60 };
    const { url } = await startServer({ iceServers, turn });
    const { client } = await join(url, "r", "a");
    const names = async () => (await client.next("ice-servers")).iceServers.map(({ urls }) => urls);
    iceServers.mockRejectedValueOnce(new Error("no database"));
    await pass(45, client);
    expect(await names()).toEqual(["stun:one", "turn:turn.example.org"]);
    iceServers.mockResolvedValueOnce([{ urls: "stun:two" }]);
    await pass(45, client);
    expect(await names()).toEqual(["stun:two", "turn:turn.example.org"]);
  });

  it("C2, C3: nothing is renewed where a list is fixed", async () => {
    const turn = { urls: "turn:turn.example.org", secret: "secret", ttlSeconds: 60 };
    const own = await startServer({ turn });
    const { client: a } = await join(own.url, "r", "a");
    await a.request("set-ice-servers", { iceServers: [] });
    await a.next("ice-servers");
    const plain = await startServer();
    const { client: b } = await join(plain.url, "r", "b");
    await pass(120, a, b);
    expect(await a.heard()).toEqual([]);
    expect(await b.heard()).toEqual([]);
  });
});
