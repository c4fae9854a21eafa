import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket as TcpSocket } from "node:net";
import { Bystanders } from "../lib/bystanders.js";
import { RawClient } from "../lib/raw-client.js";
import { test as base, expect } from "../lib/test.js";

/** Each attack goes on beside a call, which must not notice: the fixture looks before and after. */
const test = base.extend<{
  bystanders: Bystanders;
  /** Lets a client of somebody else's enter a room of its own. */
  intrude: (handshake?: object) => Promise<RawClient>;
}>({
  bystanders: [
    async ({ openCall, server }, use) => {
      const bystanders = new Bystanders(await openCall(), server);
      await bystanders.look();
      await use(bystanders);
      await bystanders.expectUndisturbed();
    },
    { auto: true },
  ],
  intrude: async ({ server }, use) => {
    const clients: RawClient[] = [];
    await use(async (handshake = {}) => {
      const own = { roomId: randomUUID(), peerId: "first" };
      const [client] = await RawClient.open(server.url, { ...own, ...handshake });
      clients.push(client);
      return client;
    });
    for (const client of clients) client.close();
  },
});

const envelope = { session: "session-of-the-attacker", number: 0, first: 1, received: 0 };

const bye = { ...envelope, message: { type: "bye" } };

/** Own property, as it comes out of JSON. */
const polluting = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
);

/** An event as it travels, of whatever is not JSON or not an event. */
const raw = ({ socket }: RawClient, packet: string) => socket.io.engine.write(packet);

test("S1, S2: forged ids reach nobody in another room, and take nobody's place", async ({
  intrude,
  roomId,
  server,
}) => {
  const stranger = await intrude();
  const to = ["first", "second", `${roomId}\u0000second`, `${roomId}:second`, roomId];
  const sockets = [...server.io.of("/cignal").sockets.keys()];
  for (const address of [...to, ...sockets]) {
    const forged = { to: address, from: "first", roomId, room: roomId, envelope: bye };
    const { error } = await stranger.request("signal", forged);
    expect(["no-such-peer", "bad-message"]).toContain(error?.code);
  }
  for (const [peerId, code] of [
    ["first", "peer-id-taken"],
    ["third", "room-full"],
    ["first ", "room-full"],
  ] as const) {
    const [, answer] = await RawClient.open(server.url, { roomId, peerId });
    expect(answer.code).toBe(code);
  }
});

test("H11, C2: a role that is claimed gives no power over a room of others", async ({
  intrude,
  roomId,
}) => {
  const claims = {
    role: "host",
    host: true,
    standing: { role: "host" },
    isAdmin: true,
    roomId: "r",
  };
  const stranger = await intrude(claims);
  const iceServers = [{ urls: "turn:attacker.example", username: "u", credential: "c" }];
  expect(await stranger.request("set-ice-servers", { iceServers, roomId, room: roomId })).toEqual(
    {},
  );
  for (const type of ["close", "close-room", "closed", "peer-left", "welcome", "disconnect-all"]) {
    const { error } = await stranger.request(type, { roomId, peerId: "first", code: "left" });
    expect(error?.code).toBe("unknown-message");
  }
});

test("L5: a resume token that was used before, or is another one's, moves nobody", async ({
  server,
  roomId,
}) => {
  const tokenOf = (peerId: string) => {
    const welcomes = server.messages.filter((it) => it.peerId === peerId && it.type === "welcome");
    return (welcomes.at(-1)?.payload as { resumeToken: string } | undefined)?.resumeToken;
  };
  const old = tokenOf("first");
  const beats = server.received("beat").length;
  server.drop("first");
  await expect.poll(() => tokenOf("first")).not.toBe(old);
  // What it says next voids the old one.
  await expect
    .poll(() => server.received("beat").length, { timeout: 20_000 })
    .toBeGreaterThan(beats);

  for (const resumeToken of [old, tokenOf("second"), "x".repeat(43)]) {
    const [, answer] = await RawClient.open(server.url, { roomId, peerId: "first", resumeToken });
    expect(answer.code).toBe("peer-id-taken");
  }
  const elsewhere = { roomId: randomUUID(), peerId: "first", resumeToken: tokenOf("first") };
  const [stranger, answer] = await RawClient.open(server.url, elsewhere);
  expect(answer.resumed).toBe(false);
  stranger.close();
});

test("what would pollute prototypes is data like any other", async ({ intrude }) => {
  const stranger = await intrude(polluting);
  for (const type of [
    "signal",
    "set-ice-servers",
    "beat",
    "__proto__",
    "constructor",
    "toString",
  ]) {
    await stranger.request(type, polluting);
    const deep = { ...polluting, envelope: { ...polluting, message: polluting }, to: polluting };
    await stranger.request(type, { ...deep, iceServers: [polluting] });
    raw(stranger, `2/cignal,["${type}",{"__proto__":{"polluted":true}},{"__proto__":[]}]`);
  }
  const { error } = await stranger.request("signal", { to: "__proto__", envelope });
  expect(error?.code).toBe("no-such-peer");
});

test("M1, DEFECTS 1: what is too large, too deep, binary or no JSON is refused or ends its own connection", async ({
  intrude,
}) => {
  const say = (data: unknown) => ({
    to: "second",
    envelope: { ...envelope, number: 1, message: { type: "information", data } },
  });
  const stranger = await intrude();
  for (const [data, code] of [
    ["x".repeat(70_000), "too-large"],
    [Buffer.alloc(1_000), "bad-message"],
    [JSON.parse("[".repeat(2_000) + "]".repeat(2_000)), "bad-message"],
  ] as const) {
    expect((await stranger.request("signal", say(data))).error?.code).toBe(code);
  }
  const depth = 200_000;
  const packets = [
    "x".repeat(2_000_000),
    `2/cignal,["signal",${"[".repeat(depth)}${"]".repeat(depth)}]`,
    `2/cignal,["signal",${'{"data":'.repeat(depth / 4)}1${"}".repeat(depth / 4)}]`,
    '51-/cignal,["signal",{"_placeholder":true,"num":0}]',
    '5999999-/cignal,["signal",{"_placeholder":true,"num":7}]',
    '51-/cignal,["signal",{"_placeholder":true,"num":"__proto__"}]',
    "2/cignal,",
    "2/cignal,{",
    '2/cignal,["signal"',
    "9",
    "\u0000",
  ];
  for (const packet of packets) {
    const attacker = await intrude();
    raw(attacker, packet);
    // Answered after all that came before, unless the connection has gone with it.
    const ended = new Promise((resolve) => attacker.socket.once("disconnect", resolve));
    await Promise.race([attacker.request("beat", {}), ended]);
  }
});

test("connections that are half open, or say half of something, hold up nobody", async ({
  server,
  intrude,
}) => {
  const upgrade = [
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    "Host: any",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
  const beginnings = [
    "",
    "G",
    "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost:",
    upgrade,
    `${upgrade}\x81`,
  ];
  const sockets: TcpSocket[] = [];
  for (let i = 0; i < 300; i++) {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(beginnings[i % beginnings.length] ?? "");
    sockets.push(socket);
  }
  const stranger = await intrude();
  expect(await stranger.request("beat", {})).toEqual({});
  for (const socket of sockets) socket.destroy();
});

test("M3: a flood is throttled, and is the flooder's own affair", async ({ intrude }) => {
  const stranger = await intrude();
  const answers: Promise<{ error?: { code: string } }>[] = [];
  for (let i = 0; i < 5_000; i++) answers.push(stranger.request("beat", {}));
  const codes = (await Promise.all(answers)).map(({ error }) => error?.code);
  expect(codes.filter((code) => code === "rate-limited").length).toBeGreaterThan(4_000);
});

test.describe("where an address may come 40 times a minute", () => {
  test.use({
    serverOptions: {
      cignal: {
        limits: { perAddress: { connections: 1_000, handshakesPerMinute: 40, roomsPerMinute: 20 } },
      },
    },
  });

  test("M4: a flood of handshakes is refused, and who is in a call comes back through it", async ({
    bystanders,
    server,
  }) => {
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 100; i++) {
      const own = { roomId: randomUUID(), peerId: "first" };
      const [client, { code }] = await RawClient.open(server.url, own);
      codes.push(code);
      client.close();
    }
    expect(codes.slice(-50)).toEqual(Array(50).fill("rate-limited"));
    const welcomed = () => server.messages.filter(({ type }) => type === "welcome").length;
    const before = welcomed();
    server.drop("first");
    await expect.poll(welcomed).toBe(before + 1);
    await expect.poll(() => bystanders.areJoined()).toBe(true);
  });
});
