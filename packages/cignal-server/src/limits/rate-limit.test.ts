import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RateLimit } from "./rate-limit.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("M3: lets a burst through, then as many as it says, and tells how long to wait", () => {
  const limit = new RateLimit({ messagesPerSecond: 10, burst: 3 });
  const take = () => limit.take()?.toWire();
  expect([take(), take(), take()]).toEqual([undefined, undefined, undefined]);
  expect(take()).toMatchObject({ code: "rate-limited", retryAfterMs: 100 });
  vi.advanceTimersByTime(100);
  expect(take()).toBeUndefined();
  expect(take()).toMatchObject({ code: "rate-limited" });
  vi.advanceTimersByTime(60_000);
  expect([take(), take(), take()]).toEqual([undefined, undefined, undefined]);
  expect(take()).toMatchObject({ code: "rate-limited" });
});
