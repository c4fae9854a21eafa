import { ProtocolError } from "@cignal/protocol";
import type { DismissalCode } from "./command.js";

interface Dismissal {
  readonly message: string;
  /** When to come back, in milliseconds. Absent: not at all. */
  readonly retryAfterMs?: number;
}

/** What a member whose membership or connection the server ends is told (L6). */
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
  "token-expired": {
    message: "What let you in has expired. Come back with a new token.",
    retryAfterMs: 0,
  },
};

/** What whoever comes too late is told. */
export const serverClosing = () =>
  new ProtocolError("server-closing", DISMISSALS["server-closing"].message, undefined, 1_000);
