import type { Here } from "../src/rooms/room-state.js";

/** Where rooms are decided in tests of the rules. */
export function here(now: number, more: Partial<Here> = {}): Here {
  return { node: "n", now, gracePeriodMs: 30_000, returnPeriodMs: 5_000, ...more };
}
