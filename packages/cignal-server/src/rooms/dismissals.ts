import { ProtocolError } from "@cignal/protocol";
import type { DismissalCode } from "./command.js";

/** What a member whose membership the server ends is told (L6). */
export const DISMISSALS: Record<DismissalCode, string> = {
  "room-closed": "The server closed the room.",
  "server-closing": "The server is closing. Try again in a moment.",
  "resumed-elsewhere": "You went on in another window or over another connection.",
};

/** What whoever comes too late is told. */
export const serverClosing = () =>
  new ProtocolError("server-closing", DISMISSALS["server-closing"], undefined, 1_000);
