import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io as connectTo } from "socket.io-client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  allRooms,
  initSocketServer,
  MemoryStore,
  OptionsError,
  totalRoomsRunning,
} from "../src/index.js";
import { connect, join, joinPair } from "./client.js";
import { eventually } from "./eventually.js";
import { resolvers } from "./gate.js";
import { silent, startServer } from "./server.js";

describe("on a server that already runs", () => {
  it("leaves what it serves, its namespaces and their handlers as they are", async () => {
    const http = createServer((_request, response) => response.end("the host's page"));
    const io = new Server(http);
    io.on("connection", (socket) => socket.on("ask", (ack) => ack("the host's answer")));
    const cignal = initSocketServer(io, { logger: silent });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const host = connectTo(url, { forceNew: true });
    onTestFinished(async () => {
      host.disconnect();
      await io.close();
    });

    await joinPair(url);
    expect(await (await fetch(url)).text()).toBe("the host's page");
    expect(await host.emitWithAck("ask")).toBe("the host's answer");
    await cignal.close();
    expect(await host.emitWithAck("ask")).toBe("the host's answer");
    expect(await (await fetch(url)).text()).toBe("the host's page");
  });

  it("can have a namespace of another name, and two servers side by side", async () => {
    const { url, io } = await startServer();
    const second = initSocketServer(io, { namespace: "/second", logger: silent });
    const client = connect(url, { roomId: "r", peerId: "a" });
    const other = client.socket.io.socket("/second", {
      auth: { protocol: [1], roomId: "r", peerId: "a" },
    });
    const welcome = new Promise((resolve) => {
      other.once("welcome", resolve);
    });
    other.connect();
    await client.next("welcome");
    await welcome;
    expect([await second.rooms.count(), await totalRoomsRunning()]).toEqual([1, 2]);
    other.disconnect();
    await second.close();
  });

  it("refuses to start twice in one namespace, and starts again once the first is closed", async () => {
    const { url, io, cignal } = await startServer();
    expect(() => initSocketServer(io)).toThrow(/already; close it first/);
    await cignal.close();
    const again = initSocketServer(io, { logger: silent });
    await join(url, "r", "a");
    await again.close();
  });

  it("says what is wrong with what it is given", () => {
    expect(() => initSocketServer({} as never)).toThrow(/needs a Server of "socket.io"/);
    const io = new Server();
    expect(() => initSocketServer(io, { maxPeers: 0 })).toThrow(OptionsError);
    expect(() => initSocketServer(io, { logger: silent })).not.toThrow();
  });
});

describe("rooms, as the application sees them", () => {
  it("3 rooms count as 3, and then as 0", async () => {
    const { url } = await startServer();
    expect(await totalRoomsRunning()).toBe(0);
    const joined = await Promise.all(["1", "2", "3"].map((room) => join(url, room, "a")));
    expect(await totalRoomsRunning()).toBe(3);
    for (const { client } of joined) await client.request("leave", {});
    expect(await totalRoomsRunning()).toBe(0);
    expect(await allRooms()).toEqual([]);
  });

  it("DEFECTS 9: snapshots are frozen plain JSON, without anything secret", async () => {
    const { url, cignal } = await startServer();
    const { a, b, tokenOfA } = await joinPair(url);
    const credential = "hunter2";
    const iceServers = [{ urls: "turn:t.example", username: "u", credential }];
    await a.request("set-ice-servers", { iceServers });
    const [snapshot] = await allRooms();
    expect(snapshot).toEqual({
      id: "room",
      openedAt: expect.any(Number),
      revision: expect.any(Number),
      locked: false,
      hasPassword: false,
      waiting: 0,
      peers: ["a", "b"].map((id) => ({
        id,
        name: "Peer",
        ...(id === "a" && { host: true }),
        joinedAt: expect.any(Number),
        connected: true,
      })),
    });
    const text = JSON.stringify(snapshot);
    expect(JSON.parse(text)).toEqual(snapshot);
    for (const secret of [tokenOfA, credential, a.socket.id, b.socket.id]) {
      expect(text).not.toContain(secret);
    }
    expect(Object.isFrozen(snapshot) && Object.isFrozen(snapshot?.peers)).toBe(true);
    expect(Object.isFrozen(snapshot?.peers[0])).toBe(true);
    expect(await cignal.rooms.get("room")).toEqual(snapshot);
    expect(await cignal.rooms.all()).toEqual([snapshot]);
    expect(await cignal.rooms.get("nowhere")).toBeUndefined();
  });

  it("count once when servers share a store, and not at all when they are closed", async () => {
    const store = new MemoryStore();
    const { url, io, cignal } = await startServer({ store });
    const second = initSocketServer(io, { namespace: "/second", logger: silent, store });
    await join(url, "r", "a");
    expect(await totalRoomsRunning()).toBe(1);
    await second.close();
    expect(await totalRoomsRunning()).toBe(1);
    await cignal.close();
    expect(await totalRoomsRunning()).toBe(0);
  });
});

describe("events", () => {
  it("tell of rooms and peers, in order, as JSON", async () => {
    const { url, cignal } = await startServer();
    const heard: unknown[] = [];
    for (const name of [
      "roomOpened",
      "roomClosed",
      "peerJoined",
      "peerLeft",
      "peerRefused",
    ] as const) {
      cignal.on(name, (payload) => heard.push([name, JSON.parse(JSON.stringify(payload))]));
    }
    const { a, b } = await joinPair(url);
    await connect(url, { roomId: "room", peerId: "c" }).next("refused");
    await connect(url, {}).next("refused");
    await a.request("leave", {});
    await b.request("leave", {});
    // Who opens a room is its host, and whoever is left after them.
    const about = (id: string, host = true) => ({
      roomId: "room",
      peer: { id, name: "Peer", ...(host && { host }) },
      session: { socketId: expect.stringMatching(/^[\w-]{21}$/), address: "127.0.0.1" },
      revision: expect.any(Number),
    });
    expect(heard).toEqual([
      ["roomOpened", { roomId: "room" }],
      ["peerJoined", { ...about("a"), size: 1 }],
      ["peerJoined", { ...about("b", false), size: 2 }],
      ["peerRefused", { code: "room-full", roomId: "room", peerId: "c" }],
      ["peerRefused", { code: "bad-message" }],
      ["peerLeft", { ...about("a"), reason: "left", size: 1 }],
      ["peerLeft", { ...about("b"), reason: "left", size: 0 }],
      ["roomClosed", { roomId: "room" }],
    ]);
  });

  it("harm nobody when a listener throws", async () => {
    const { url, cignal } = await startServer();
    cignal.on("peerJoined", () => {
      throw new Error("mine");
    });
    const { a } = await joinPair(url);
    expect(await a.heard()).toEqual([]);
  });
});

describe("closing", () => {
  it("L6: a room that the server closes puts its members out, and no others", async () => {
    const { url, cignal } = await startServer();
    const { a, b } = await joinPair(url);
    const { client: other } = await join(url, "another", "a");
    expect(await cignal.closeRoom("room")).toBe(true);
    for (const member of [a, b]) {
      expect((await member.next("closed")).code).toBe("room-closed");
      await member.closed();
      expect(member.inbox).toEqual([]);
    }
    expect(await other.heard()).toEqual([]);
    expect(await cignal.closeRoom("room")).toBe(false);
    expect((await join(url, "room", "a")).welcome.peers).toEqual([]);
  });

  it("L6: closing the server puts everybody out, who is joining too, and takes no time to repeat", async () => {
    const verdict = resolvers();
    const authenticate = vi.fn(async ({ peerId }: { peerId: string }) => {
      if (peerId === "slow") await verdict.promise;
      return true;
    });
    const { url, io, cignal } = await startServer({ authenticate });
    const { a, b } = await joinPair(url);
    const slow = connect(url, { roomId: "room", peerId: "slow" });
    await eventually(() => expect(authenticate).toHaveBeenCalledTimes(3));
    const closing = cignal.close();
    expect(cignal.close()).toBe(closing);
    await closing;
    for (const member of [a, b]) expect((await member.next("closed")).code).toBe("server-closing");
    expect((await slow.next("refused")).code).toBe("server-closing");
    verdict.resolve();
    await Promise.all([a, b, slow].map((client) => client.closed()));
    expect(io.of("/cignal").sockets.size).toBe(0);
    expect(io.of("/cignal").listenerCount("connection")).toBe(0);
    expect(await totalRoomsRunning()).toBe(0);
  });
});
