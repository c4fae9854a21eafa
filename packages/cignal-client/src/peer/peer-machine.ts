import type { Transitions } from "../lib/machine.js";

/**
 * The call with one peer:
 * - `waiting`: nobody has started it
 * - `calling`: we said `start`, they have not answered
 * - `in-call`: both said `start` (P3); media flow
 * - `ended`: they are gone, or we are
 */
export type CallState = "waiting" | "calling" | "in-call" | "ended";

export type CallEvent = "call" | "give-up" | "remote-start" | "end";

export const callTransitions: Transitions<CallState, CallEvent> = {
  waiting: { call: "calling", "remote-start": "in-call", end: "ended" },
  calling: { "give-up": "waiting", "remote-start": "in-call", end: "ended" },
  "in-call": { end: "ended" },
  ended: {},
};
