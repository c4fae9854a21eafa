import fc from "fast-check";

/** Socket.IO's own names. Its client refuses to send them; `rawPacket` has some. */
const RESERVED = [
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
];

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { data: value };
  return value;
}

const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("signal", "set-ice-servers") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "set-lock",
      "set-password",
      "admit",
      "turn-away",
      "remove",
      "transfer-host",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("inform", "welcome", "closed", "error", "__proto__", "toString"),
  },
  { weight: 1, arbitrary: fc.string().filter((name) => !RESERVED.includes(name)) },
);

const binary = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));

const huge = fc.constantFrom(nested(2_000), "x".repeat(70_000), Array(5_000).fill(0));

/** What no field of a message accepts. */
const wrong = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom(null, undefined, 0, "", "{", "null", true, [[]], {}, nested(40)),
  },
  { weight: 5, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => [value]) },
  { weight: 2, arbitrary: binary },
  { weight: 1, arbitrary: huge },
);

const session = fc.constantFrom("session", "a-session_of-64-characters".padEnd(64, "x"));

/** What no kind of message can be; `bye` and `away` would need no more than their type. */
const wrongMessage = fc.record({
  type: fc.oneof(
    { weight: 1, arbitrary: wrong },
    {
      weight: 4,
      arbitrary: fc.constantFrom("description", "candidates", "start", "media", "beat", "ack"),
    },
  ),
  connection: fc.constantFrom("c", "", 7, null),
  description: wrong,
  candidates: fc.array(wrong, { minLength: 1, maxLength: 3 }),
  sending: wrong,
  packetsSent: fc.constantFrom(-1, 0.5, 2 ** 53, "1", null),
});

const wrongCounter = fc.constantFrom(-1, 1.5, 2 ** 53, Number.MAX_VALUE, "1", null, [1]);

/** An envelope with one part that is wrong. */
const wrongEnvelope = fc
  .record({
    envelope: fc.record({
      session,
      recipient: session,
      number: fc.nat(),
      first: fc.nat(),
      received: fc.nat(),
    }),
    flaw: fc.oneof(
      wrongMessage.map((message) => ({ message })),
      fc
        .constantFrom(nested(40), "x".repeat(70_000), Buffer.from("x"), undefined)
        .map((data) => ({ message: { type: "information", data } })),
      fc.constantFrom("", "no token", "x".repeat(65), 7, null).map((token) => ({ session: token })),
      fc.constantFrom("", "no token", "x".repeat(65), 7).map((token) => ({ recipient: token })),
      fc
        .tuple(fc.constantFrom("number", "first", "received"), wrongCounter)
        .map(([counter, value]) => ({ [counter]: value })),
    ),
  })
  .map(({ envelope, flaw }) => ({ ...envelope, ...flaw }));

const isText = (value: unknown) => typeof value === "string";

const wrongMedia = fc.constantFrom<unknown>(null, {}, "on", { microphone: "on", camera: "on" });

const wrongDetails = fc.constantFrom<unknown>(
  [],
  "x",
  7,
  nested(9),
  { a: [{ constructor: {} }] },
  { a: "x".repeat(5_000) },
);

/** Messages that are right but for one part, down to nothing that is right. */
const almost = fc.oneof(
  wrong,
  fc.record({ data: fc.constantFrom(undefined, nested(40), Buffer.from("x")) }),
  fc.record({ to: wrong, envelope: wrong }),
  fc.record({ to: fc.constant("a"), envelope: wrongEnvelope }),
  fc.record({ iceServers: wrong }),
  fc.record({ locked: wrong.filter((value) => typeof value !== "boolean") }),
  fc.record({ password: wrong.filter((value) => value !== null && !isText(value)) }),
  fc.record({ peerId: wrong }),
  fc.record({ iceServers: fc.array(fc.record({ urls: wrong }), { minLength: 1, maxLength: 3 }) }),
  fc.constant({ iceServers: Array(17).fill({ urls: "stun:stun.example.org" }) }),
);

const payload = fc.oneof(
  { weight: 30, arbitrary: almost },
  {
    weight: 1,
    arbitrary: fc.record({ data: fc.constantFrom(nested(2_000), "x".repeat(70_000)) }),
  },
);

const delivery = { more: fc.array(wrong, { maxLength: 2 }), acknowledged: fc.boolean() };

/** Nothing of it is needed, so that only what is there can be wrong. */
const update = fc.oneof(
  fc.record({ media: wrongMedia }),
  fc.record({ details: wrongDetails }),
  fc.record({ name: fc.constantFrom("", "x".repeat(65), 7, null, [], {}) }),
);

/** A well-formed Socket.IO event that no server should accept. */
export const event = fc.oneof(
  { weight: 9, arbitrary: fc.record({ type, payload, ...delivery }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("update"), payload: update, ...delivery }),
  },
);

/** What a client may put into Socket.IO's `auth`. */
export const auth = fc.record({
  protocol: wrong,
  roomId: wrong,
  peerId: wrong,
  token: wrong,
  resumeToken: wrong,
  relayOnly: wrong,
  enter: wrong,
  knock: wrong,
  password: wrong,
  details: wrongDetails,
  media: wrongMedia,
  watch: wrong,
});

/** What is no Socket.IO event, or hardly one. */
export const rawPacket = fc.oneof(
  fc.string(),
  binary,
  fc.constantFrom(
    "0/cignal,",
    "0/cignal,[]",
    '0/cignal,{"protocol":',
    '0/cignal,{"__proto__":{"roomId":"r"}}',
    "1/cignal,",
    '2/cignal,["signal"]',
    '2/cignal,["away",{}]',
    '2/cignal,["beat",{}]',
    '2/cignal,7["beat",{}]',
    '2/cignal,["connect",{}]',
    '2/cignal,["disconnect"]',
    '2/cignal,[{"a":1}]',
    "2/cignal,[7,8]",
    "2/cignal,[]",
    '2/cignal,99999999999999999999["beat",{}]',
    '3/cignal,7["nobody asked"]',
    "4/cignal,{}",
    '51-/cignal,["signal",{"envelope":{"_placeholder":true,"num":9}}]',
    '599-/cignal,["signal"]',
    `2/cignal,["signal",${"[".repeat(20_000)}${"]".repeat(20_000)}]`,
    `2/cignal,["signal",{"to":"${"x".repeat(1_100_000)}"}]`,
  ),
);

/** What is no WebSocket frame. */
export const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
