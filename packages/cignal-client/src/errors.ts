import type { ServerErrorCode, WireError } from "@cignal/protocol";

/** What can go wrong on this side; see the table in docs/errors.md. */
export type ClientErrorCode =
  | "server-unreachable"
  | "not-a-cignal-server"
  | "token-failed"
  | "not-loaded"
  | "timeout"
  | "closed"
  | "nobody-here"
  | "bad-argument"
  | "connection-failed"
  | "call-rejected"
  | "call-cancelled"
  | "no-answer"
  | "permission-denied"
  | "device-not-found"
  | "device-busy"
  | "constraints-not-met"
  | "click-needed"
  | "insecure-page"
  | "not-supported"
  | "media-failed"
  | "screen-busy"
  | "playback-blocked"
  | "clipboard-denied"
  | "channel-full"
  | "aborted"
  | "file-refused"
  | "file-cancelled"
  | "file-lost"
  | "file-unreadable"
  | "file-damaged"
  | "nothing-to-record"
  | "recording-failed"
  | "storage-failed"
  | "disk-full";

export type CignalErrorCode = ClientErrorCode | ServerErrorCode;

export interface CignalErrorDetails {
  /** Whether the same call can succeed later without a change. Default: false. */
  retryable?: boolean;
  /** What caused it: a DOMException, a socket error. */
  cause?: unknown;
  /** The option, argument or message field that was wrong. */
  field?: string | undefined;
  /** How long to wait before trying again, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** The device that it is about. */
  device?: "microphone" | "camera" | "microphone and camera" | "screen" | "speaker";
  /** Who found it: this side or the server. Default: `"client"`. */
  source?: "client" | "server";
}

/**
 * Everything that can go wrong at run time. `code` is for programs, `message` says what was wrong and what to do.
 * Misuse (a wrong option, no function as listener) is a `TypeError` instead.
 */
export class CignalError extends Error {
  override readonly name = "CignalError";
  readonly code: CignalErrorCode | (string & {});
  readonly retryable: boolean;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly device: CignalErrorDetails["device"];
  readonly source: "client" | "server";

  constructor(
    code: CignalErrorCode | (string & {}),
    message: string,
    details: CignalErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? details.retryAfterMs !== undefined;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
    this.device = details.device;
    this.source = details.source ?? "client";
  }
}

/** How a request ended. The error was emitted as `clientError` or `serverError` as well. */
export type Outcome = { success: true } | { success: false; error: CignalError };

/** A chunk of the library that is loaded on demand did not come. */
export const notLoaded = (cause: unknown): CignalError =>
  new CignalError(
    "not-loaded",
    "A part of the page could not be loaded. Check the network, or reload the page if it is older than what is served.",
    { cause, retryable: true },
  );

/** The app has no token for us. */
export const tokenFailed = (cause: unknown): CignalError =>
  new CignalError("token-failed", "The option token gave no token. Try again; see cause.", {
    cause,
    retryable: true,
  });

/** What answers is no Cignal. */
export const notCignal = (url: string, cause: Error): CignalError =>
  new CignalError(
    "not-a-cignal-server",
    `${url} is a Socket.IO server without Cignal (${cause.message}). ` +
      "Call initSocketServer(io) there, or set the namespace option on both sides.",
    { cause },
  );

/** Nobody has answered. */
export const unreachable = (url: string, timeoutMs: number, cause: unknown): CignalError =>
  new CignalError(
    "server-unreachable",
    `The server at ${url} did not answer within ${timeoutMs / 1000} s. Check the network, that it runs, and the options url and path.`,
    { retryable: true, cause },
  );

/** An error that the server sent. */
export const fromWire = ({ code, message, field, retryAfterMs }: WireError): CignalError =>
  new CignalError(code, message, { field, retryAfterMs, source: "server" });
