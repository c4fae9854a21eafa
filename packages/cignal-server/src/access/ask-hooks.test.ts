import { ProtocolError } from "@cignal/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { identify, misfit, permit } from "./ask-hooks.js";
import type { Authenticate, HandshakeInfo } from "./hooks.js";

const info: HandshakeInfo = {
  token: "t0ken",
  roomId: "r",
  peerId: "p",
  peerName: "whatever",
  role: "host",
  address: "127.0.0.1",
  headers: {},
  origin: undefined,
};

const asking = () => ({
  hookTimeoutMs: 5_000,
  logger: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
});

const told = async (answer: unknown, setup = asking()) => {
  const told = await identify((async () => answer) as Authenticate, info, setup);
  return told instanceof ProtocolError ? told.toWire() : told;
};

const UNAUTHORIZED = { code: "unauthorized", message: expect.stringContaining("Sign in") };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("who somebody is", () => {
  it("H9: is what authenticate says, all of it or some; true says nothing", async () => {
    const full = {
      name: "Ann",
      role: "host",
      rooms: ["r", "s"],
      peerId: "p",
      userId: "7",
      expiresAt: 1,
    };
    for (const answer of [full, {}, { rooms: "r" }, { name: undefined }]) {
      expect(await told(answer)).toEqual(answer);
    }
    expect(await told(true)).toEqual({});
  });

  it.each([false, undefined, null, "yes", 1, 0, Symbol("yes")])(
    "H10: is unknown if it says %s",
    async (answer) => {
      const setup = asking();
      expect(await told(answer, setup)).toEqual(UNAUTHORIZED);
      expect(setup.logger.error).not.toHaveBeenCalled();
    },
  );

  it("H10: is unknown if it throws, and nothing of that gets out or into the log", async () => {
    class Wrong extends Error {
      override readonly name = "Wrong";
    }
    const setup = asking();
    const throwers: (() => never)[] = [
      () => {
        throw new Wrong("s3cret");
      },
      () => {
        throw "s3cret";
      },
    ];
    for (const thrower of throwers) {
      const refused = await identify(thrower, info, setup);
      expect(refused).toMatchObject(UNAUTHORIZED);
    }
    expect(JSON.stringify(setup.logger)).not.toContain("s3cret");
    expect(setup.logger.debug.mock.calls.map(([, details]) => details.error)).toEqual([
      "Wrong",
      "something that is no Error",
    ]);
  });

  it("H10: waits for a slow answer only so long, and tells the client to try again", async () => {
    const setup = asking();
    const asked = identify(() => new Promise(() => {}), info, setup);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await asked).toMatchObject({ code: "unavailable", retryAfterMs: 1_000 });
    expect(setup.logger.error).toHaveBeenCalledExactlyOnceWith("authenticate failed", {
      roomId: "r",
      peerId: "p",
      error: "no answer in 5 s",
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("H10: may be refused with a code and in words of the server's own", async () => {
    expect(await told({ refused: "forbidden", message: "Your plan has no calls." })).toEqual({
      code: "forbidden",
      message: "Your plan has no calls.",
    });
    expect(await told({ refused: "token-expired" })).toMatchObject({ code: "token-expired" });
    expect(await told({ refused: "unavailable" })).toMatchObject({ retryAfterMs: 1_000 });
    const setup = asking();
    const refused = { refused: "unavailable", cause: new Error("no database") };
    expect(JSON.stringify(await told(refused, setup))).not.toContain("database");
    expect(setup.logger.error).toHaveBeenCalledExactlyOnceWith("authenticate failed", {
      roomId: "r",
      peerId: "p",
      error: "Error: no database",
    });
  });

  it.each([
    { expireAt: 1 },
    { name: "" },
    { name: "x".repeat(65) },
    { name: "a\u0000b" },
    { role: ["host"] },
    { role: { toString: () => "host" } },
    { rooms: { 0: "r", length: 1 } },
    { rooms: [["r"]] },
    { rooms: null },
    { expiresAt: "never" },
    { expiresAt: Number.NaN },
    { expiresAt: Number.POSITIVE_INFINITY },
    { refused: "room-full" },
    { refused: "forbidden", message: "x".repeat(257) },
    { refused: "forbidden", role: "host" },
    ["host"],
    [],
    new Error("no"),
    new Map([["role", "host"]]),
    () => true,
    Object.create({ role: "host" }),
  ])("H9: is unknown if the answer is none, which is logged: %o", async (answer) => {
    const setup = asking();
    expect(await told(answer, setup)).toEqual(UNAUTHORIZED);
    expect(setup.logger.error).toHaveBeenCalledOnce();
  });

  it("H9: is never what a prototype says", async () => {
    const answer = JSON.parse('{"name":"Ann","__proto__":{"role":"host"}}');
    expect(await told(answer)).not.toMatchObject({ role: "host" });
    expect({}).not.toHaveProperty("role");
  });

  it("H9: whatever is answered, is a proper identity or a refusal", async () => {
    vi.useRealTimers();
    const answers = fc.oneof(
      fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true }),
      fc.record(
        {
          name: fc.anything(),
          role: fc.anything(),
          rooms: fc.anything(),
          peerId: fc.anything(),
          userId: fc.anything(),
          expiresAt: fc.anything(),
          refused: fc.anything(),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        const identity = await identify((() => answer) as Authenticate, info, asking());
        if (identity instanceof ProtocolError) return;
        const { name = "x", role = "x", rooms = [], expiresAt = 0 } = identity;
        expect([typeof name, typeof role, typeof expiresAt]).toEqual([
          "string",
          "string",
          "number",
        ]);
        for (const room of [rooms].flat()) expect(typeof room).toBe("string");
      }),
    );
  });
});

it("H10: who is known for other rooms, or as another peer, may not enter", () => {
  const asked = { roomId: "r", peerId: "p" };
  for (const identity of [
    {},
    { rooms: "r" },
    { rooms: ["q", "r"] },
    { peerId: "p" },
    { rooms: ["r"], peerId: "p" },
  ]) {
    expect(misfit(identity, asked)).toBeUndefined();
  }
  for (const rooms of [[], "", "R", "rr", ["q"], ["__proto__"]]) {
    expect(misfit({ rooms }, asked)).toMatchObject({ code: "forbidden" });
  }
  expect(misfit({ peerId: "q" }, asked)).toMatchObject({ code: "forbidden", field: "peerId" });
});

describe("who may do something", () => {
  it("E2: needs a clear yes, now or later", async () => {
    expect(await permit(() => true, "no", asking())).toBe("allowed");
    expect(await permit(async () => true, "no", asking())).toBe("allowed");
    expect(await permit(async () => "grant" as const, "no", asking())).toBe("granted");
    const refusals: (() => unknown)[] = [
      () => false,
      async () => false,
      () => undefined,
      () => "yes",
      () => ({}),
      () => {
        throw new Error("s3cret");
      },
      () => Promise.reject(new Error("s3cret")),
    ];
    for (const hook of refusals) {
      const refused = await permit(hook as () => boolean, "You may not.", asking());
      expect(refused).toBeInstanceOf(ProtocolError);
      expect(refused instanceof ProtocolError && refused.toWire()).toEqual({
        code: "forbidden",
        message: "You may not.",
      });
    }
  });

  it("E2: waits for it only so long", async () => {
    const setup = asking();
    const asked = permit(() => new Promise(() => {}), "no", setup);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await asked).toMatchObject({ code: "unavailable", retryAfterMs: 1_000 });
    expect(setup.logger.error).toHaveBeenCalledOnce();
  });
});
