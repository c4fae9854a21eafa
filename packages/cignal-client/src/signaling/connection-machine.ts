import type { Transitions } from "../lib/machine.js";

/**
 * The signalling connection as the page sees it:
 * - `connecting`: no socket yet
 * - `joining`: the socket is open, the server has not answered the handshake
 * - `waiting`: told to wait until somebody lets us in, or only watching (O4, O5, O10)
 * - `joined`: in the room
 * - `reconnecting`: the socket was lost; calls go on without it
 * - `closed`: left, or refused for good
 */
export type SignalingState =
  | "connecting"
  | "joining"
  | "waiting"
  | "joined"
  | "reconnecting"
  | "closed";

export type SignalingEvent = "opened" | "held" | "welcomed" | "lost" | "close";

export const signalingTransitions: Transitions<SignalingState, SignalingEvent> = {
  connecting: { opened: "joining", close: "closed" },
  joining: { held: "waiting", welcomed: "joined", lost: "reconnecting", close: "closed" },
  waiting: { welcomed: "joined", lost: "reconnecting", close: "closed" },
  joined: { lost: "reconnecting", close: "closed" },
  reconnecting: { opened: "joining", close: "closed" },
  closed: {},
};
