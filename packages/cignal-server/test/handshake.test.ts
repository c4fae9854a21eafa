import { Server } from "socket.io";
import { describe, expect, it } from "vitest";
import type { HandshakeInfo } from "../src/index.js";
import { connect, join, joinPair } from "./client.js";
import { envelope, inform } from "./envelopes.js";
import { eventually } from "./eventually.js";
import { GatedStore, resolvers } from "./gate.js";
import { startServer } from "./server.js";

describe("the handshake", () => {
  it("H1, H3: entering a room costs no message but the welcome", async () => {
    const iceServers = [{ urls: "stun:stun.example.org" }];
    const { url } = await startServer({ iceServers });
    const client = connect(url, { roomId: "r", peerId: "a", peerName: "Ann", role: "doctor" });
    const welcome = await client.next("welcome");
    expect(welcome).toEqual({
      protocol: 1,
      roomId: "r",
      you: { id: "a", name: "Ann", role: "doctor", host: true },
      peers: [],
      room: { locked: false, hasPassword: false },
      waiting: [],
      revision: expect.any(Number),
      iceServers,
      resumeToken: expect.stringMatching(/^[\w-]{22,64}$/),
      gracePeriodMs: 30_000,
      resumed: false,
    });
    expect(await client.heard()).toEqual([]);
  });

  it("V2: takes the highest version that both speak, and refuses if there is none", async () => {
    const { url } = await startServer();
    const newer = await join(url, "r", "a", { protocol: [99, 1] });
    expect(newer.welcome.protocol).toBe(1);
    const refused = await connect(url, { roomId: "r", peerId: "b", protocol: [99] }).next(
      "refused",
    );
    expect(refused.code).toBe("incompatible-version");
  });

  it.each([
    ["roomId", { peerId: "a" }],
    ["peerId", { roomId: "r" }],
    ["peerId", { roomId: "r", peerId: "" }],
    ["peerId", { roomId: "r", peerId: { $ne: null } }],
    ["roomId", { roomId: "r\u0000a", peerId: "a" }],
    ["peerName", { roomId: "r", peerId: "a", peerName: "x".repeat(65) }],
    ["protocol", { roomId: "r", peerId: "a", protocol: undefined }],
  ])(
    "DEFECTS 4: a handshake without a proper %s is refused and closed, and leaves no room",
    async (field, hello) => {
      const { url, cignal } = await startServer();
      const client = connect(url, hello);
      expect(await client.next("refused")).toMatchObject({ field });
      await client.closed();
      expect(await cignal.rooms.count()).toBe(0);
    },
  );

  it("H4: after a refusal the connection stays open for the host's namespaces", async () => {
    const { url, io } = await startServer();
    io.of("/host").on("connection", (socket) => socket.emit("hello"));
    const client = connect(url, {});
    const host = client.socket.io.socket("/host").connect();
    await Promise.all([
      client.next("refused"),
      new Promise((resolve) => {
        host.once("hello", resolve);
      }),
    ]);
    await client.closed();
    expect(host.connected).toBe(true);
    host.disconnect();
  });

  it("H5: what comes before the welcome is refused with not-joined", async () => {
    const verdict = resolvers();
    const { url } = await startServer({
      authenticate: async () => {
        await verdict.promise;
        return true;
      },
    });
    const client = connect(url, { roomId: "r", peerId: "a" });
    expect((await client.request("beat", {})).error?.code).toBe("not-joined");
    verdict.resolve();
    await client.next("welcome");
    expect(await client.request("beat", {})).toEqual({});
  });

  it("J4: the name is peerName, else role, else Peer", async () => {
    const { url } = await startServer({ maxPeers: 4 });
    const { client } = await join(url, "r", "first");
    const names = [{ peerName: "Bo", role: "doctor" }, { role: "doctor" }, {}];
    for (const [i, hello] of names.entries()) {
      await join(url, "r", `p${i}`, hello);
      const { peer } = await client.next("peer-joined");
      expect(peer.name).toBe(["Bo", "doctor", "Peer"][i]);
    }
  });
});

describe("who may come in", () => {
  const from = (origin: string) => ({ extraHeaders: { origin } });
  const hello = { roomId: "r", peerId: "a" };

  it("DEFECTS 4, H6: pages of other origins are refused, other clients are not", async () => {
    const { url } = await startServer({ allowedOrigins: ["https://good.example"] });
    const bad = connect(url, hello, from("https://bad.example"));
    expect((await bad.next("refused")).code).toBe("origin-not-allowed");
    await bad.closed();
    await connect(url, hello, from("https://good.example")).next("welcome");
    await connect(url, { roomId: "r", peerId: "no browser" }).next("welcome");
  });

  it("H6: the authenticate hook learns who it is, and may say no or throw", async () => {
    const seen: HandshakeInfo[] = [];
    const { url } = await startServer({
      authenticate: (info) => {
        seen.push(info);
        if (info.peerId === "thrower") throw new Error("the secret reason");
        return info.peerId !== "stranger";
      },
    });
    await connect(url, { ...hello, role: "doctor" }, from("https://a.example")).next("welcome");
    expect(seen[0]).toMatchObject({
      roomId: "r",
      peerId: "a",
      peerName: undefined,
      role: "doctor",
      origin: "https://a.example",
      address: expect.stringContaining("127.0.0.1"),
      headers: expect.objectContaining({ origin: "https://a.example" }),
    });
    for (const peerId of ["stranger", "thrower"]) {
      const client = connect(url, { roomId: "r", peerId });
      const refused = await client.next("refused");
      expect(refused.code).toBe("unauthorized");
      expect(refused.message).not.toContain("secret");
      await client.closed();
    }
  });

  it("E2: the authorize hook may forbid each action of its own", async () => {
    const { url } = await startServer({
      authenticate: ({ token }) => ({ role: token }),
      authorize: async ({ role, roomId }, action) => {
        if (action === "join") return roomId !== "private";
        return role === "host";
      },
    });
    const refused = await connect(url, { roomId: "private", peerId: "a" }).next("refused");
    expect(refused.code).toBe("forbidden");
    const { client: host } = await join(url, "r", "h", { token: "host" });
    const { client: guest } = await join(url, "r", "g");
    await host.next("peer-joined");
    expect((await guest.request("signal", inform("h", 1))).error?.code).toBe("forbidden");
    expect((await guest.request("set-ice-servers", { iceServers: [] })).error?.code).toBe(
      "forbidden",
    );
    expect(await host.heard()).toEqual([]);
    expect(await host.request("signal", inform("g", 1))).toEqual({});
    expect((await guest.next("signal")).envelope).toEqual(inform("g", 1).envelope);
  });

  it("I2, K1: while a slow authorize hook thinks, everything but information goes on", async () => {
    const verdict = resolvers();
    const { url } = await startServer({
      authorize: async (_peer, action) => {
        if (action === "inform") await verdict.promise;
        return true;
      },
    });
    const { a, b } = await joinPair(url);
    a.send("signal", inform("b", 1));
    expect(await a.request("beat", {})).toEqual({});
    expect(await a.request("signal", { to: "b", envelope: envelope({ type: "bye" }) })).toEqual({});
    expect(await a.request("set-ice-servers", { iceServers: [] })).toEqual({});
    expect((await b.next("signal")).envelope.message?.type).toBe("bye");
    expect(await b.heard()).toEqual(["ice-servers"]);
    verdict.resolve();
    expect((await b.next("signal")).envelope.message?.type).toBe("information");
  });

  it("M3: only so many messages wait for a slow authorize hook, and leaving is none of them", async () => {
    const { url } = await startServer({
      authorize: (_peer, action) => action === "join" || new Promise(() => {}),
    });
    const { a, b } = await joinPair(url);
    for (let i = 0; i < 32; i++) {
      a.send("signal", inform("b", i));
      a.send("set-ice-servers", { iceServers: [] });
    }
    for (const answer of [
      await a.request("signal", inform("b", 64)),
      await a.request("set-ice-servers", { iceServers: [] }),
    ]) {
      expect(answer.error).toMatchObject({ code: "rate-limited", retryAfterMs: 1_000 });
    }
    expect(await a.request("leave", {})).toEqual({});
    await b.next("peer-left");
  });

  it("C2: a slow authorize hook does not change the order of the lists that one peer sets", async () => {
    const first = resolvers();
    const verdicts = [first.promise];
    const { url } = await startServer({
      authorize: async (_peer, action) => {
        if (action === "set-ice-servers") await verdicts.shift();
        return true;
      },
    });
    const { a, b } = await joinPair(url);
    const lists = ["stun:one", "stun:two", "stun:three"].map((urls) => [{ urls }]);
    for (const iceServers of lists) a.send("set-ice-servers", { iceServers });
    await a.heard();
    first.resolve();
    for (const iceServers of lists) expect(await b.next("ice-servers")).toEqual({ iceServers });
  });

  it("C5: who asks for privacy, and everybody if the server says so, is known as relayOnly", async () => {
    const { url } = await startServer();
    const { welcome } = await join(url, "r", "a", { relayOnly: true });
    expect(welcome.you.relayOnly).toBe(true);
    expect((await join(url, "r", "b", { relayOnly: false })).welcome.you).toEqual({
      id: "b",
      name: "Peer",
    });
    const strict = await startServer({ relayOnly: true });
    const lying = await join(strict.url, "r", "b", { relayOnly: false });
    expect(lying.welcome.you.relayOnly).toBe(true);
  });
});

describe("a socket that dies before its welcome", () => {
  it("H2: while a hook is asked, never becomes a member", async () => {
    const asked = resolvers();
    const verdict = resolvers();
    const { url, io, cignal } = await startServer({
      authenticate: async ({ peerId }) => {
        if (peerId !== "slow") return true;
        asked.resolve();
        await verdict.promise;
        return true;
      },
    });
    const client = connect(url, { roomId: "r", peerId: "slow" });
    await asked.promise;
    client.drop();
    await eventually(() => expect(io.of("/cignal").sockets.size).toBe(0));
    verdict.resolve();
    await join(url, "another", "a");
    expect(await cignal.rooms.get("r")).toBeUndefined();
  });

  it("H2: while its join is queued, leaves no member that nobody can resume", async () => {
    const store = new GatedStore();
    const { url, io, cignal } = await startServer({ store });
    const left = new Promise((resolve) => {
      cignal.on("peerLeft", resolve);
    });
    const client = connect(url, { roomId: "r", peerId: "a" });
    await store.entered;
    client.drop();
    await eventually(() => expect(io.of("/cignal").sockets.size).toBe(0));
    store.open();
    expect(await left).toMatchObject({ roomId: "r", reason: "left" });
    expect(await cignal.rooms.count()).toBe(0);
  });
});

it("a handshake of an older Engine.IO client is refused, not crashed on", async () => {
  const { url } = await startServer({}, { allowEIO3: true });
  const response = await fetch(`${url}/socket.io/?EIO=3&transport=polling`);
  expect(response.status).toBe(200);
  await join(url, "r", "a");
});

it("fits a Socket.IO server with event types of its own", () => {
  interface Mine {
    hello: (name: string) => void;
  }
  const fits: Parameters<typeof import("../src/index.js").initSocketServer>[0] = new Server<
    Mine,
    Mine
  >();
  expect(fits).toBeDefined();
});
