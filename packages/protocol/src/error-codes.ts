/**
 * Why the server refused something (E2). The code is for programs, the sentence beside it for people.
 * A client must expect codes that it does not know.
 */
export const SERVER_ERROR_CODES = [
  "bad-message",
  "unknown-message",
  "too-large",
  "rate-limited",
  "incompatible-version",
  "origin-not-allowed",
  "unauthorized",
  "token-expired",
  "unavailable",
  "forbidden",
  "not-joined",
  "room-full",
  "room-exists",
  "no-such-room",
  "room-locked",
  "turned-away",
  "password-required",
  "wrong-password",
  "peer-id-taken",
  "no-such-peer",
  "resumed-elsewhere",
  "removed",
  "room-ended",
  "room-closed",
  "server-closing",
  "internal",
] as const;

export type ServerErrorCode = (typeof SERVER_ERROR_CODES)[number];

/** An error as it travels (E1). */
export interface WireError {
  code: ServerErrorCode | (string & {});
  /** What was wrong and what to do, as a sentence. */
  message: string;
  /** The field that was wrong, as a path: `"iceServers.0.urls"`. */
  field?: string | undefined;
  /** How long to wait before trying again, in milliseconds. Absent: trying again does not help. */
  retryAfterMs?: number | undefined;
}

/** A message, handshake or option that is not what PROTOCOL.md says. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  constructor(
    readonly code: ServerErrorCode,
    message: string,
    readonly field?: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.field !== undefined && { field: this.field }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
    };
  }
}
