import type { CignalErrorCode } from "../errors.js";

/**
 * What a leg can fail with:
 * - `unauthorized`: a server refused who we are, or the TURN credentials
 * - `unreachable`: a STUN or TURN server did not answer
 * - `turn-failed`: a TURN server answered with another error
 * - `packets-lost`: a TURN server gave an address, and no packet passed through it
 * - the others as in docs/errors.md
 */
export type CheckCode =
  | CignalErrorCode
  | "unauthorized"
  | "unreachable"
  | "turn-failed"
  | "packets-lost";

/** How one part of a call would fare. */
export interface CheckedLeg {
  /** `skipped`: there was nothing to check, or no way to; `message` says why. */
  verdict: "ok" | "failed" | "skipped";
  /** How long it took, in milliseconds. */
  ms: number;
  /** A sentence for people, without credentials. */
  message: string;
  /** What failed, for programs; absent unless the verdict is `failed`. */
  code?: CheckCode | (string & {});
}

/** What `Cignal.checkConnection` found. */
export interface ConnectionReport {
  /** Nothing has failed. A call can succeed without some legs: one way to a TURN server is enough. */
  ok: boolean;
  /** The Cignal server: reached, and it would let us in. */
  signaling: CheckedLeg;
  /** Some STUN server answers over UDP. */
  stun: CheckedLeg;
  /** Some `turn:` server passes packets on, reached over UDP. */
  turnUdp: CheckedLeg;
  /** The same over TCP. */
  turnTcp: CheckedLeg;
  /** The same over TLS (`turns:`). */
  turnTls: CheckedLeg;
  microphone: CheckedLeg;
  camera: CheckedLeg;
}

/** A leg before somebody has looked at the clock. */
export type Finding = Omit<CheckedLeg, "ms">;

export const ok = (message: string): Finding => ({ verdict: "ok", message });

export const skipped = (message: string): Finding => ({ verdict: "skipped", message });

export const failed = (code: NonNullable<CheckedLeg["code"]>, message: string): Finding => ({
  verdict: "failed",
  message,
  code,
});
