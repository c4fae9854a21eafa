import type { Transitions } from "../lib/machine.js";

/**
 * The call with one peer:
 * - `waiting`: nobody has started it
 * - `calling`: we said `start`, they have not answered
 * - `ringing`: the same, and their page asks whether they want to
 * - `incoming`: they said `start`, and our page asks
 * - `in-call`: both want it (P3); media flow
 * - `ended`: they are gone, or we are
 */
export type CallState = "waiting" | "calling" | "ringing" | "incoming" | "in-call" | "ended";

export type CallEvent =
  | "call"
  | "remote-ringing"
  | "remote-start"
  | "ring"
  | "accept"
  | "give-up"
  | "remote-cancel"
  | "remote-retreat"
  | "end";

export const callTransitions: Transitions<CallState, CallEvent> = {
  waiting: { call: "calling", "remote-start": "in-call", ring: "incoming", end: "ended" },
  calling: {
    "remote-ringing": "ringing",
    "remote-start": "in-call",
    "give-up": "waiting",
    end: "ended",
  },
  ringing: { "remote-start": "in-call", "give-up": "waiting", end: "ended" },
  incoming: { accept: "in-call", "give-up": "waiting", "remote-cancel": "waiting", end: "ended" },
  "in-call": {
    // Their page was reloaded, and asks again.
    "remote-ringing": "ringing",
    "remote-cancel": "waiting",
    "remote-retreat": "calling",
    end: "ended",
  },
  ended: {},
};
