import type { Candidate, Part } from "./fixture.js";

interface Place {
  port: number;
  room: string;
  me: string;
  /** Whom this one signals to. */
  other: string;
  /** The local address to connect from; each has its own 28,000 ports. */
  from: string;
}

/** Somebody who has joined. */
export interface Member {
  describe(part: Part): void;
  send(candidates: Candidate[]): void;
  leave(): Promise<unknown>;
  /** Asks whether the server is there (K1), and waits for the answer. Absent: the protocol has nothing like it. */
  beat?(): Promise<unknown>;
}

/** How a contender's client talks to its server. */
export interface Driver {
  /** Joins; `onSignal` is called for each description and each message of candidates that arrives. */
  join(place: Place, onSignal: () => void): Promise<Member>;
  /** How many of a side's candidates its client puts into one message. */
  batch: number;
}
