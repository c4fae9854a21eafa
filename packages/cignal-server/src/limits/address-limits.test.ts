import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseOptions } from "../options.js";
import { AddressLimits } from "./address-limits.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(options: object = {}) {
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const limits = new AddressLimits(parseOptions(options), logger);
  const visit = (address: string, headers = {}) => limits.visit({ address, headers, auth: {} });
  return { visit, logger };
}

const few = {
  limits: { perAddress: { connections: 3, handshakesPerMinute: 5, roomsPerMinute: 2 } },
};

describe("M4: an address", () => {
  it("has so many connections at once, and another when one is closed", async () => {
    const { visit } = setUp(few);
    const visits = [1, 2, 3].map(() => visit("a"));
    for (const each of visits) expect(await each.admit()).toBeUndefined();
    const refused = visit("a");
    expect((await refused.admit())?.toWire()).toMatchObject({
      code: "rate-limited",
      retryAfterMs: 5_000,
    });
    expect(await visit("b").admit()).toBeUndefined();
    refused.end();
    visits[0]?.end();
    expect(await visit("a").admit()).toBeUndefined();
  });

  it("has so many handshakes a minute, and is told when it is over", async () => {
    const { visit, logger } = setUp(few);
    const attempt = async (address: string) => {
      const one = visit(address);
      const refusal = await one.admit();
      one.end();
      return refusal?.toWire();
    };
    for (let i = 0; i < 5; i++) expect(await attempt("a")).toBeUndefined();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await attempt("a")).toMatchObject({ code: "rate-limited", retryAfterMs: 40_000 });
    expect(await attempt("a")).toMatchObject({ code: "rate-limited" });
    expect(await attempt("b")).toBeUndefined();
    expect(logger.warn.mock.calls).toEqual([
      ["an address has exceeded its limit of 5 handshakes a minute", { address: "a" }],
    ]);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await attempt("a")).toBeUndefined();
  });

  it("opens so many rooms a minute; what was no new room does not count", async () => {
    const { visit } = setUp(few);
    const a = visit("a");
    for (let i = 0; i < 10; i++) {
      expect(await a.takeRoom()).toBeUndefined();
      a.returnRoom();
    }
    expect(await a.takeRoom()).toBeUndefined();
    expect(await visit("a").takeRoom()).toBeUndefined();
    expect(await a.takeRoom()).toMatchObject({ code: "rate-limited", retryAfterMs: 60_000 });
    expect(await visit("b").takeRoom()).toBeUndefined();
  });

  it("is an IPv6 network: who has one cannot come from ever new addresses of it", async () => {
    const { visit } = setUp(few);
    for (let i = 0; i < 3; i++) await visit(`2001:db8:1:2::${i}`).admit();
    expect(await visit("2001:db8:1:2::ffff").admit()).toMatchObject({ code: "rate-limited" });
    expect(await visit("2001:db8:1:3::").admit()).toBeUndefined();
  });

  it("has no limits if the server was told so", async () => {
    const { visit } = setUp({ limits: { perAddress: false } });
    for (let i = 0; i < 3_000; i++) expect(await visit("a").admit()).toBeUndefined();
    expect(await visit("a").takeRoom()).toBeUndefined();
  });

  it("that is a proxy's is told of in the log, once", () => {
    const { visit, logger } = setUp();
    visit("10.0.0.1");
    expect(logger.warn).not.toHaveBeenCalled();
    for (let i = 0; i < 3; i++) visit("10.0.0.1", { "x-forwarded-for": "203.0.113.7" });
    expect(logger.warn.mock.calls).toEqual([[expect.stringContaining("trustProxy")]]);
  });

  it("takes no more memory than so much, however many there are", async () => {
    vi.useRealTimers();
    // One for each that is remembered, until its minute is over.
    const remembered = vi.spyOn(globalThis, "setTimeout");
    const { visit } = setUp();
    for (let i = 0; i < 60_000; i++) {
      const one = visit(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
      await one.admit();
      one.end();
    }
    expect(remembered.mock.calls.length).toBeGreaterThan(20_000);
    expect(remembered.mock.calls.length).toBeLessThanOrEqual(32_768);
    expect(remembered.mock.calls.every(([, ms]) => ms === 60_000)).toBe(true);
  });
});
