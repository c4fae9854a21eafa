import { ProtocolError } from "@cignal/protocol";
import type { DismissalCode } from "./command.js";

interface Dismissal {
  readonly message: string;
  /** When to come back, in milliseconds. Absent: not at all. */
  readonly retryAfterMs?: number;
}

/** What somebody is told whose membership, waiting or connection the server ends (L6, O4). */
export const DISMISSALS: Record<DismissalCode, Dismissal> = {
  "room-closed": { message: "The server closed the room." },
  "server-closing": {
    message: "The server is closing. Try again in a moment.",
    retryAfterMs: 0,
  },
  "resumed-elsewhere": {
    message: "You went on in another window or over another connection.",
  },
  unavailable: {
    message: "The server has lost your place in the room. Enter it again.",
    retryAfterMs: 0,
  },
  removed: { message: "A host of the room has put you out." },
  "room-ended": { message: "A host has ended the room for everybody." },
  "turned-away": { message: "A host of the room did not let you in." },
  "token-expired": {
    message: "What let you in has expired. Come back with a new token.",
    retryAfterMs: 0,
  },
};

/** What whoever comes too late is told. */
export const serverClosing = () =>
  new ProtocolError("server-closing", DISMISSALS["server-closing"].message, undefined, 1_000);
