import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SteadyClock } from "./steady-clock.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it("goes on from where it was when the clock is set back, and with it when it is set forward", () => {
  const clock = new SteadyClock();
  const times = [1_000, 1_500, 200, 300, 100, 5_000].map((now) => {
    vi.setSystemTime(now);
    return clock.now();
  });
  expect(times).toEqual([1_000, 1_500, 1_500, 1_600, 1_600, 6_500]);
});
