import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientMessages, handshake, LIMITS, ProtocolError, parse, parseNamed } from "./index.js";
import { placeMessages } from "./place.js";

const hello = { protocol: [1], roomId: "r", peerId: "p" };
const media = { microphone: "on", camera: "muted", screen: "off" };
const peer = { id: "p", name: "P", host: true, details: { seat: 3 }, media };
const room = { locked: true, hasPassword: false };

function nested(depth: number): object {
  return depth === 0 ? {} : { in: nested(depth - 1) };
}

function codeOf(value: unknown): string {
  if (!(value instanceof ProtocolError)) throw new Error("expected a ProtocolError");
  return `${value.code} ${value.field}`;
}

describe("the room as a place", () => {
  it.each([
    ["set-lock", { locked: true }],
    ["set-password", { password: "open sesame" }],
    ["set-password", { password: null }],
    ["admit", { peerId: "p" }],
    ["turn-away", { peerId: "p" }],
    ["remove", { peerId: "p" }],
    ["transfer-host", { peerId: "p" }],
    ["end-room", {}],
    ["update", {}],
    ["update", { name: "Ann", details: null, media }],
  ])("O, W3: %s is read, without what is unknown", (type, payload) => {
    expect(parseNamed(clientMessages, type, { ...payload, more: 1 })).toEqual({ type, payload });
  });

  it.each([
    ["waiting", { reason: "host" }],
    ["knocking", { peer }],
    ["knock-ended", { peerId: "p" }],
    ["peer-updated", { peer, revision: 3 }],
    ["room-updated", { room, revision: 3 }],
    [
      "presence",
      {
        open: true,
        size: 1,
        capacity: 2,
        ...room,
        host: true,
        peers: [{ name: "P", host: true }],
        revision: 3,
      },
    ],
  ])("O, W3: %s is read, without what is unknown", (type, payload) => {
    expect(parseNamed(placeMessages, type, { ...payload, more: 1 })).toEqual({ type, payload });
  });

  it("H1: a handshake has what is said of the room and of oneself", () => {
    const full = { ...hello, enter: "open", knock: true, password: "p", details: {}, media };
    expect(parse(handshake, full)).toEqual(full);
    expect(codeOf(parse(handshake, { ...hello, enter: "break" }))).toBe("bad-message enter");
    expect(codeOf(parse(handshake, { ...hello, password: "" }))).toBe("bad-message password");
  });

  it("M1: details are an object of 4,096 characters and 8 levels at most", () => {
    const update = (details: unknown) => parse(clientMessages.update, { details });
    const longest = { a: "x".repeat(LIMITS.details - 8) };
    for (const details of [{}, nested(7), longest]) expect(update(details)).toEqual({ details });
    for (const details of [nested(8), { a: `${longest.a}x` }, [], "x", 1, { f: () => {} }]) {
      expect(codeOf(update(details))).toBe("bad-message details");
    }
  });

  it.each(["__proto__", "constructor", "prototype"])(
    "O9: details with a key %s are refused, however deep",
    (key) => {
      const own = fc
        .array(fc.boolean(), { maxLength: 5 })
        .map((lists) =>
          lists.reduce<unknown>(
            (value, list) => (list ? [value] : { value }),
            Object.defineProperty({}, key, { value: {}, enumerable: true }),
          ),
        );
      fc.assert(
        fc.property(own, (value) => {
          const update = parse(clientMessages.update, { details: { value } });
          expect(codeOf(update)).toBe("bad-message details");
        }),
      );
    },
  );
});
