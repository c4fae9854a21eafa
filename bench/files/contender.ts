import type { Side as CallSide } from "../setup/contender.js";

/** One side of a connection without a call, as its page is told. */
export interface Side extends Omit<CallSide, "media"> {
  /** It connects, and sends the file; the other one is there already. */
  isSender: boolean;
}

interface Ears {
  /** All of a file is here, so many bytes. */
  onFile(size: number): void;
  onLine(line: string): void;
}

/** A side that is known to its server. */
export interface Prepared {
  /** Resolves when a file can be sent. */
  ready: Promise<unknown>;
  send(file: File): unknown;
  /** Sends a line of a chat, beside the file. */
  say(line: string): unknown;
}

export type Contender = (side: Side, ears: Ears) => Promise<Prepared>;
