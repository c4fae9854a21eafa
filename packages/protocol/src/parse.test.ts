import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clientMessages,
  envelope,
  handshake,
  iceServers,
  LIMITS,
  negotiateVersion,
  ProtocolError,
  parse,
  parseNamed,
  serverMessages,
} from "./index.js";

const hello = { protocol: [1], roomId: "r", peerId: "p" };
const empty = { session: "s", number: 0, first: 1, received: 0 };

const withMessage = (message: unknown) => ({ ...empty, message });
const withData = (data: unknown) => withMessage({ type: "information", data });

function refusal(value: unknown): ProtocolError {
  if (!(value instanceof ProtocolError)) throw new Error("expected a ProtocolError");
  return value;
}

describe("parse", () => {
  it("W3: drops fields that it does not know, __proto__ included", () => {
    const input = JSON.parse(
      '{"protocol":[1],"roomId":"r","peerId":"p","x":1,"__proto__":{"y":1}}',
    );
    expect(parse(handshake, input)).toEqual(hello);
  });

  it.each([
    ["roomId", { ...hello, roomId: undefined }],
    ["roomId", { ...hello, roomId: 7 }],
    ["roomId", { ...hello, roomId: "" }],
    ["peerId", { ...hello, peerId: "a\u0000b" }],
    ["peerId", { ...hello, peerId: "\ud800" }],
    ["protocol.0", { ...hello, protocol: ["1"] }],
    ["peerName", { ...hello, peerName: "x".repeat(LIMITS.name + 1) }],
    ["token", { ...hello, token: "" }],
    ["token", { ...hello, token: { toString: "x" } }],
    ["token", { ...hello, token: ["a.b.c"] }],
    ["token", { ...hello, token: "a.b\nc" }],
  ])("E1: names the field that is wrong: %s", (field, input) => {
    const error = refusal(parse(handshake, input));
    expect(error.field).toBe(field);
    expect(error.message).toContain(field);
  });

  it("E1: never repeats what was sent", () => {
    const secret = "s3cret".repeat(40);
    expect(refusal(parse(handshake, { ...hello, roomId: secret })).message).not.toContain("s3cret");
    expect(refusal(parse(handshake, secret)).message).not.toContain("s3cret");
    const token = `s3cret${"x".repeat(LIMITS.accessToken)}`;
    expect(refusal(parse(handshake, { ...hello, token })).message).not.toContain("s3cret");
  });

  it("M1: tells too large from wrong", () => {
    const data = "x".repeat(LIMITS.data);
    const token = "x".repeat(LIMITS.accessToken);
    expect(parse(handshake, { ...hello, token })).toEqual({ ...hello, token });
    expect(refusal(parse(handshake, { ...hello, token: `${token}x` })).code).toBe("too-large");
    expect(refusal(parse(handshake, { ...hello, peerId: "x".repeat(129) })).code).toBe("too-large");
    expect(refusal(parse(envelope, withData(data))).code).toBe("too-large");
    expect(refusal(parse(handshake, { ...hello, peerId: 1 })).code).toBe("bad-message");
  });

  it("M1: refuses data that is nested too deeply or in itself, is binary or is no JSON", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    const cyclic: unknown[] = [];
    cyclic.push(cyclic, cyclic);
    for (const data of [deep, cyclic, new Uint8Array(3), () => 1, Number.NaN, undefined]) {
      expect(refusal(parse(envelope, withData(data))).code).toBe("bad-message");
    }
  });

  it("M2: accepts ids and names in any script", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), (roomId) => {
        fc.pre(!/[\p{Cc}\p{Cs}]/u.test(roomId));
        expect(parse(handshake, { ...hello, roomId })).toEqual({ ...hello, roomId });
      }),
    );
  });

  it("E2: never throws, whatever arrives", () => {
    const schemas = { ...clientMessages, ...serverMessages };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(schemas), "toString", "__proto__"),
        fc.anything(),
        (type, payload) => {
          parseNamed(schemas, type, payload);
          parse(envelope, payload);
          parse(envelope, withMessage(payload));
        },
      ),
    );
  });

  it("E2: an unknown type is named as such, inherited names too", () => {
    for (const type of ["toString", "__proto__", "constructor", "nonsense", "inform"]) {
      expect(refusal(parseNamed(clientMessages, type, {})).code).toBe("unknown-message");
    }
  });
});

describe("envelopes", () => {
  const sending = { microphone: "on", camera: "off", screen: "off", revision: 3 };
  const description = { type: "offer", sdp: "v=0" };
  const candidates = [{ candidate: "", sdpMid: null, sdpMLineIndex: 0, usernameFragment: "u" }];

  it.each([
    undefined,
    { type: "description", connection: "c", description },
    { type: "candidates", connection: "c", candidates },
    { type: "candidates", connection: "c", candidates: [] },
    { type: "start", call: 1, sending },
    { type: "ringing", call: 1 },
    { type: "accept", call: 1, sending },
    { type: "reject", call: 1, reason: "in a meeting" },
    { type: "cancel", call: 1, reason: "no-answer" },
    { type: "media", sending },
    { type: "information", data: null },
    { type: "beat", packetsSent: Number.MAX_SAFE_INTEGER },
    { type: "away" },
    { type: "bye" },
  ])("D1, W3: carry each kind of message or none, without what is unknown: %j", (message) => {
    const known = { ...empty, recipient: "r", ...(message && { message }) };
    expect(parse(envelope, known)).toEqual(known);
    const unknown = { ...known, more: 1, ...(message && { message: { ...message, more: 1 } }) };
    expect(parse(envelope, unknown)).toEqual(known);
    expect(parse(clientMessages.signal, { to: "p", envelope: unknown })).toEqual({
      to: "p",
      envelope: known,
    });
    expect(parse(serverMessages.signal, { from: "p", envelope: unknown })).toEqual({
      from: "p",
      envelope: known,
    });
  });

  it.each([
    ["session", { session: undefined }],
    ["session", { session: "" }],
    ["session", { session: "no token" }],
    ["recipient", { recipient: null }],
    ["number", { number: -1 }],
    ["number", { number: undefined }],
    ["first", { first: 1.5 }],
    ["received", { received: 2 ** 53 }],
    ["received", { received: "0" }],
    ["message", { message: null }],
    ["message.type", { message: {} }],
    ["message.type", { message: { type: "inform" } }],
    ["message.type", { message: { type: "toString" } }],
    ["message.call", { message: { type: "start" } }],
    ["message.packetsSent", { message: { type: "beat", packetsSent: -1 } }],
    ["message.data", { message: { type: "information" } }],
    [
      "message.description.type",
      {
        message: {
          type: "description",
          connection: "c",
          description: { ...description, type: "rollback" },
        },
      },
    ],
    [
      "message.candidates.0.candidate",
      { message: { type: "candidates", connection: "c", candidates: [{}] } },
    ],
  ])("E1: one that is wrong is refused, and says where: %s", (field, part) => {
    const error = refusal(parse(envelope, { ...empty, ...part }));
    expect([error.code, error.field]).toEqual(["bad-message", field]);
  });

  it.each([
    ["session", { session: "x".repeat(65) }],
    ["recipient", { recipient: "x".repeat(65) }],
    ["message.connection", withMessage({ type: "candidates", connection: "x".repeat(65) })],
    [
      "message.candidates",
      withMessage({
        type: "candidates",
        connection: "c",
        candidates: Array(65).fill(candidates[0]),
      }),
    ],
    [
      "message.candidates.0.candidate",
      withMessage({
        type: "candidates",
        connection: "c",
        candidates: [{ candidate: "x".repeat(1_025) }],
      }),
    ],
    [
      "message.description.sdp",
      withMessage({
        type: "description",
        connection: "c",
        description: { type: "offer", sdp: "x".repeat(65_537) },
      }),
    ],
    ["message.data", withData("x".repeat(65_535))],
  ])("M1: one that is too long is refused with too-large: %s", (field, part) => {
    const error = refusal(parse(envelope, { ...empty, ...part }));
    expect([error.code, error.field]).toEqual(["too-large", field]);
  });
});

describe("privacy", () => {
  it("C5, R1: relayOnly is a yes, a no or absent, of a handshake and of a peer", () => {
    for (const relayOnly of [true, false]) {
      expect(parse(handshake, { ...hello, relayOnly })).toEqual({ ...hello, relayOnly });
      const joined = { peer: { id: "p", name: "P", relayOnly }, revision: 1 };
      expect(parse(serverMessages["peer-joined"], joined)).toEqual(joined);
    }
    for (const relayOnly of ["true", 1, null]) {
      expect(refusal(parse(handshake, { ...hello, relayOnly })).field).toBe("relayOnly");
    }
  });
});

describe("ICE servers", () => {
  const turn = { urls: "turn:turn.example.org:3478", username: "u", credential: "c" };

  it("C1: accepts what the Cignal README documents, and lists of URLs", () => {
    const list = [
      { urls: "stun:turn.example.org:3478" },
      turn,
      { ...turn, urls: ["turn:turn.example.org:443?transport=tcp", "turns:[2001:db8::1]:443"] },
    ];
    expect(parse(iceServers, list)).toEqual(list);
    expect(parse(iceServers, [])).toEqual([]);
  });

  it.each([
    ["0.urls", [{ urls: "http://example.org" }]],
    ["0.urls", [{ urls: [] }]],
    ["0.urls", [{}]],
    ["0", [{ urls: "turn:turn.example.org" }]],
    ["0", [{ urls: "turn:turn.example.org", username: "", credential: "c" }]],
    ["0.urls", [{ urls: "stun:example.org:65536" }]],
    ["0.urls", [{ urls: "stun:example.org:0" }]],
    ["0.urls", [{ urls: "stun:example.org?transport=udp" }]],
    ["0.urls", [{ urls: "stun:exa mple.org" }]],
    ["0.urls.1", [{ urls: ["stun:example.org", "stun:"] }]],
    ["0", ["stun:example.org"]],
    [undefined, { urls: "stun:example.org" }],
  ])("C1: refuses a bad entry and says where: %s", (field, list) => {
    expect(refusal(parse(iceServers, list)).field).toBe(field);
  });
});

describe("negotiateVersion", () => {
  it("V2: takes the highest version that both speak", () => {
    expect(negotiateVersion([1])).toBe(1);
    expect(negotiateVersion([3, 2, 1])).toBe(1);
    expect(negotiateVersion([2, 99])).toBeUndefined();
  });
});
