import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { SERVER_ERROR_CODES } from "@cignal/protocol";
import fc from "fast-check";
import { Manager } from "socket.io-client";
import { expect, it, onTestFinished } from "vitest";
import { allRooms } from "../src/index.js";
import { connect, join, joinPair, type TestClient } from "./client.js";
import { envelope } from "./envelopes.js";
import { eventually } from "./eventually.js";
import * as arbitrary from "./fuzz-arbitraries.js";
import { resolvers } from "./gate.js";
import { startServer } from "./server.js";

const SEED = 20_261_121;
const sample = <T>(values: fc.Arbitrary<T>, numRuns: number) =>
  fc.sample(values, { numRuns, seed: SEED });

const codes: readonly string[] = SERVER_ERROR_CODES;

it("E2, DEFECTS 1: no packet of anybody harms the server or anybody else", {
  // Some seconds on a machine that has nothing else to do; some have.
  timeout: 120_000,
}, async () => {
  const pending = resolvers();
  const { url, cignal } = await startServer({
    maxPeers: 3,
    gracePeriodMs: 0,
    limits: { messagesPerSecond: 100_000, burst: 100_000 },
    hookTimeoutMs: 60_000,
    authenticate: async ({ peerId }) => {
      if (peerId === "pending") await pending.promise;
      return true;
    },
  });
  const { a, b } = await joinPair(url);
  const { client: inside } = await join(url, "room", "inside");
  await Promise.all([a.next("peer-joined"), b.next("peer-joined")]);
  const { client: elsewhere } = await join(url, "elsewhere", "a");
  const outside = connect(url, { roomId: "room", peerId: "pending" });
  keepBeating(inside, elsewhere);
  const before = await allRooms();
  const bystanders = keepTalking(a, b);

  for (const attacker of [inside, elsewhere, outside]) await attack(attacker, 3_000);
  await attackHandshake(url, 300);
  await attackBelow(url, 600);
  await attackTransport(url, 100);

  expect(await bystanders.stop()).toBeGreaterThan(10);
  expect(await a.heard()).toEqual([]);
  expect(await b.heard()).toEqual([]);
  await eventually(async () => expect(await allRooms()).toEqual(before));
  expect(await cignal.rooms.count()).toBe(2);
  pending.resolve();
  expect((await outside.next("refused")).code).toBe("room-full");
});

/** On a busy machine an attacker who waits for the others would be silent for too long (K2). */
function keepBeating(...clients: TestClient[]): void {
  const timer = setInterval(() => {
    for (const client of clients) void client.request("beat", {});
  }, 5_000);
  onTestFinished(() => clearInterval(timer));
}

/** Two peers who exchange signals until they are told to stop. */
function keepTalking(a: TestClient, b: TestClient) {
  let state: "talking" | "stopping" = "talking";
  const say = async (from: TestClient, to: TestClient, ids: [string, string], revision: number) => {
    const start = {
      type: "start",
      call: 1,
      sending: { microphone: "on", camera: "on", screen: "off", revision },
    };
    const said = envelope(start, { number: revision });
    from.send("signal", { to: ids[1], envelope: said });
    expect(await to.next("signal")).toEqual({ from: ids[0], envelope: said });
  };
  const rounds = (async () => {
    let round = 0;
    for (; state === "talking"; round++) {
      await say(a, b, ["a", "b"], round);
      await say(b, a, ["b", "a"], round);
    }
    return round;
  })();
  return {
    stop: () => {
      state = "stopping";
      return rounds;
    },
  };
}

/** Sends well-formed events without sense. Each is answered by a typed error, and the socket stays open. */
async function attack(client: TestClient, count: number): Promise<void> {
  const events = sample(arbitrary.event, count);
  const answers: Promise<void>[] = [];
  let unacknowledged = 0;
  for (const { type, payload, more, acknowledged } of events) {
    if (acknowledged) {
      const answer = client.socket.emitWithAck(type, payload, ...more);
      answers.push(answer.then(({ error }) => expect(codes).toContain(error?.code)));
    } else {
      unacknowledged++;
      client.socket.emit(type, payload, ...more);
    }
  }
  await Promise.all(answers);
  await client.heard();
  const heard = client.inbox.splice(0);
  expect(heard).toHaveLength(unacknowledged);
  for (const { type, payload } of heard) {
    expect(type).toBe("error");
    expect(payload).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    expect(codes).toContain((payload as { code: string }).code);
  }
}

/** Each handshake without sense is refused, and its socket closed. */
async function attackHandshake(url: string, count: number): Promise<void> {
  for (const hellos of inTurns(sample(arbitrary.auth, count))) {
    await Promise.all(
      hellos.map(async (hello) => {
        const client = connect(url, hello);
        expect(codes).toContain((await client.next("refused")).code);
        await client.closed();
      }),
    );
  }
}

/** Sends what is no Socket.IO event, as a member and as nobody. The server may close such a connection. */
async function attackBelow(url: string, count: number): Promise<void> {
  for (const packets of inTurns(sample(arbitrary.rawPacket, count))) {
    await Promise.all(
      packets.map(async (packet, i) => {
        const manager = new Manager(url, {
          transports: ["websocket"],
          reconnection: false,
          autoConnect: false,
        });
        await new Promise<unknown>((opened) => manager.open(opened));
        const hello = { protocol: [1], roomId: `raw ${i}`, peerId: "a" };
        if (i % 2) manager.engine.write(`0/cignal,${JSON.stringify(hello)}`);
        manager.engine.write(packet);
        await new Promise<unknown>((over) => {
          manager.engine.once("close", over);
          manager.engine.write("1/cignal,", {}, () => over(undefined));
        });
        manager._close();
      }),
    );
  }
}

/** Sends bytes that are no WebSocket frames. */
async function attackTransport(url: string, count: number): Promise<void> {
  const { port, hostname } = new URL(url);
  const upgrade = [
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    `Host: ${hostname}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
  for (const [i, garbage] of sample(arbitrary.bytes, count).entries()) {
    const socket = connectTcp(Number(port), hostname);
    socket.on("error", () => {});
    socket.end(Buffer.concat([Buffer.from(i % 2 ? upgrade : ""), garbage]));
    socket.resume();
    await once(socket, "close");
  }
}

/** So that not all connections are open at once. */
function* inTurns<T>(all: T[], size = 50): Generator<T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}
