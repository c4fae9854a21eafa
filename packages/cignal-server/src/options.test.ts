import { describe, expect, it } from "vitest";
import { OptionsError, parseOptions } from "./options.js";
import { MemoryStore } from "./rooms/memory-store.js";

function refusal(options: unknown): OptionsError {
  try {
    parseOptions(options);
  } catch (error) {
    if (error instanceof OptionsError) return error;
  }
  throw new Error("expected an OptionsError");
}

describe("options", () => {
  it("have the documented defaults", () => {
    expect(parseOptions()).toEqual({
      capacity: 2,
      gracePeriodMs: 30_000,
      returnPeriodMs: 5_000,
      relayOnly: false,
      requireOrigin: false,
      hookTimeoutMs: 5_000,
      iceServers: [{ urls: "stun:stun.l.google.com:19302" }],
      waitForHost: false,
      lockNewRooms: false,
      presence: "count",
      invisibleInspectors: false,
      namespace: "/cignal",
      limits: {
        messagesPerSecond: 50,
        burst: 200,
        perRoom: { messagesPerSecond: 500, burst: 2_000 },
        perAddress: { connections: 1_000, handshakesPerMinute: 2_000, roomsPerMinute: 600 },
      },
      trustProxy: 0,
      store: expect.any(MemoryStore),
    });
  });

  it("can be undefined each", () => {
    const options = { maxPeers: undefined, limits: { burst: undefined }, authorize: undefined };
    expect(parseOptions(options)).toMatchObject({ capacity: 2, limits: { burst: 200 } });
  });

  it("make rooms for groups of 8, or as many as they say", () => {
    expect(parseOptions({ groups: true }).capacity).toBe(8);
    expect(parseOptions({ groups: true, maxPeers: 5 }).capacity).toBe(5);
    expect(parseOptions({ maxPeers: 3 }).capacity).toBe(3);
  });

  it("take a function for iceServers, and credentials for an hour", () => {
    const makeServers = () => [];
    const { iceServers, turn } = parseOptions({
      iceServers: makeServers,
      turn: { urls: "turn:t", secret: "s" },
    });
    expect(iceServers).toBe(makeServers);
    expect(turn).toEqual({ urls: "turn:t", secret: "s", ttlSeconds: 3_600 });
  });

  it("can do without limits for an address", () => {
    expect(parseOptions({ limits: { perAddress: false } }).limits.perAddress).toBe(false);
  });

  it("do not share a store", () => {
    expect(parseOptions().store).not.toBe(parseOptions().store);
  });

  it.each([
    ["maxPeers", { maxPeers: 1 }, "a whole number from 2 to 1000"],
    ["maxPeers", { maxPeers: 1001 }, "a whole number from 2 to 1000"],
    ["maxPeers", { maxPeers: 2.5 }, "a whole number from 2 to 1000"],
    ["maxPeers", { maxPeers: "2" }, "a whole number from 2 to 1000"],
    ["groups", { groups: 8 }, "boolean"],
    ["gracePeriodMs", { gracePeriodMs: -1 }, "a whole number from 0"],
    ["iceServers.0.urls", { iceServers: [{ urls: "http://a" }] }, "expected a URL"],
    ["returnPeriodMs", { returnPeriodMs: 86_400_001 }, "a whole number from 0 to 86400000"],
    ["iceServers", { iceServers: "stun:a" }, "Array"],
    ["relayOnly", { relayOnly: "yes" }, "boolean"],
    ["turn", { turn: "turn:a" }, "an object"],
    ["turn.urls", { turn: { secret: "s" } }, "turn.urls"],
    ["turn.urls", { turn: { urls: [], secret: "s" } }, "one to 8 URLs"],
    ["turn.urls", { turn: { urls: Array(9).fill("turn:a"), secret: "s" } }, "one to 8 URLs"],
    ["turn.urls", { turn: { urls: ["turn:a", "stun:a"], secret: "s" } }, "turn:turn.example.org"],
    ["turn.secret", { turn: { urls: "turn:a" } }, "turn.secret"],
    ["turn.secret", { turn: { urls: "turn:a", secret: "" } }, "the secret of the TURN server"],
    ["turn.ttlSeconds", { turn: { urls: "turn:a", secret: "s", ttlSeconds: 59 } }, "from 60 to"],
    ["turn.ttl", { turn: { urls: "turn:a", secret: "s", ttl: 60 } }, "ttlSeconds"],
    ["namespace", { namespace: "cignal" }, '"/cignal"'],
    ["limits", { limits: 50 }, "an object"],
    ["limits.burst", { limits: { burst: 0 } }, "a whole number from 1"],
    ["limits.bursts", { limits: { bursts: 1 } }, "known are messagesPerSecond, burst"],
    ["limits.perRoom.burst", { limits: { perRoom: { burst: 0 } } }, "a whole number from 1"],
    ["limits.perAddress", { limits: { perAddress: true } }, "an object"],
    ["limits.perAddress.rooms", { limits: { perAddress: { rooms: 1 } } }, "roomsPerMinute"],
    ["trustProxy", { trustProxy: true }, "a whole number from 0 to 16"],
    ["trustProxy", { trustProxy: 17 }, "a whole number from 0 to 16"],
    ["allowedOrigins", { allowedOrigins: "*" }, "Array"],
    ["allowedOrigins.0", { allowedOrigins: ["https://a.org/"] }, "without a path"],
    ["allowedOrigins.0", { allowedOrigins: ["null"] }, "without a path"],
    ["allowedOrigins.0", { allowedOrigins: ["capacitor://localhost/"] }, "without a path"],
    ["requireOrigin", { requireOrigin: "yes" }, "boolean"],
    ["hookTimeoutMs", { hookTimeoutMs: 99 }, "from 100 to 60000"],
    ["authenticate", { authenticate: true }, "a function"],
    ["authorize", { authorize: {} }, "a function"],
    ["store", { store: new Map() }, "load, commit, claim, count, page"],
    ["logger", { logger: () => {} }, "info, warn, error"],
    ["logLevel", { logLevel: "loud" }, "error, warn, info, debug"],
    ["maxPeer", { maxPeer: 3 }, "known are maxPeers, groups"],
    [undefined, 5, "an object"],
    [undefined, null, "an object"],
  ])("that are wrong are refused by name: %s %j", (field, options, expected) => {
    const error = refusal(options);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.field).toBe(field);
    expect(error.message).toContain(expected);
    expect(error.message).toContain(field ?? "cignal-server");
  });

  it("never repeat a credential in an error", () => {
    const iceServers = [{ urls: "turn:t", username: "u", credential: ["hunter2"] }];
    expect(refusal({ iceServers }).message).not.toContain("hunter2");
    const turn = { urls: "stun:t", secret: "hunter2", ttlSeconds: "hunter2" };
    expect(refusal({ turn }).message).not.toContain("hunter2");
    expect(refusal({ turn: { urls: "turn:t", secret: ["hunter2"] } }).message).not.toContain(
      "hunter2",
    );
  });
});
