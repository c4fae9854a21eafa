import { id, name, ProtocolError, parse } from "@cignal/protocol";
import * as v from "valibot";
import { describeError, type Logger } from "../log.js";
import type { Authenticate, HandshakeInfo, Identity, Refused, Verdict } from "./hooks.js";
import { inTime, TooLate } from "./in-time.js";

/** When to try again if it could not be found out, in milliseconds. */
const RETRY_MS = 1_000;

/** A field that nobody knows is an error: a misspelt `expiresAt` must not make a membership endless. */
export const identitySchema = v.strictObject({
  name: v.optional(name),
  role: v.optional(name),
  rooms: v.optional(v.lazy((rooms) => (typeof rooms === "string" ? id : v.array(id)))),
  peerId: v.optional(id),
  userId: v.optional(id),
  expiresAt: v.optional(v.pipe(v.number(), v.finite())),
});

const REFUSALS: Record<Refused["refused"], string> = {
  unauthorized: "The server does not let you in. Sign in and try again.",
  "token-expired": "What let you in has expired. Sign in again, or reload the page.",
  forbidden: "You may not enter this room.",
  unavailable: "The server could not find out whether you may. Try again in a moment.",
};

const refusedSchema = v.strictObject({
  refused: v.picklist(Object.keys(REFUSALS) as Refused["refused"][]),
  message: v.optional(v.pipe(v.string(), v.maxLength(256))),
  cause: v.optional(v.unknown()),
});

/** A refusal in these words, or in Cignal's own. */
export function refusal(code: Refused["refused"], message = REFUSALS[code]): ProtocolError {
  const retryAfterMs = code === "unavailable" ? RETRY_MS : undefined;
  return new ProtocolError(code, message, undefined, retryAfterMs);
}

export interface AskingSetup {
  /** How long a hook may take, in milliseconds. */
  readonly hookTimeoutMs: number;
  readonly logger: Logger;
}

/** Asks `authenticate` who this is (H9). Nothing that it throws gets out. */
export async function identify(
  authenticate: Authenticate,
  info: HandshakeInfo,
  { hookTimeoutMs, logger }: AskingSetup,
): Promise<Identity | ProtocolError> {
  const { roomId, peerId } = info;
  let answer: unknown;
  try {
    answer = await inTime<unknown>(() => authenticate(info), hookTimeoutMs);
  } catch (error) {
    if (error instanceof TooLate) {
      logger.error("authenticate failed", { roomId, peerId, error: error.message });
      return refusal("unavailable");
    }
    // Not its message: whoever checks a token may repeat it there.
    const thrown = error instanceof Error ? error.name : "something that is no Error";
    logger.debug?.("authenticate threw", { roomId, peerId, error: thrown });
    return refusal("unauthorized");
  }
  if (answer === true) return {};
  if (!(answer instanceof Object)) return refusal("unauthorized");
  return "refused" in answer ? refusedBy(answer, info, logger) : identified(answer, info, logger);
}

/** What a refusal says, if it is a proper one. */
function refusedBy(
  answer: object,
  { roomId, peerId }: HandshakeInfo,
  logger: Logger,
): ProtocolError {
  const refused = parse(refusedSchema, answer);
  if (refused instanceof ProtocolError) {
    return noIdentity(refused.message, { roomId, peerId }, logger);
  }
  const error = refused.cause === undefined ? undefined : describeError(refused.cause);
  if (error) logger.error("authenticate failed", { roomId, peerId, error });
  return refusal(refused.refused, refused.message);
}

function identified(
  answer: object,
  { roomId, peerId }: HandshakeInfo,
  logger: Logger,
): Identity | ProtocolError {
  const identity = isPlain(answer) ? parse(identitySchema, answer) : undefined;
  if (identity && !(identity instanceof ProtocolError)) return identity;
  return noIdentity(identity?.message ?? "expected a plain object", { roomId, peerId }, logger);
}

function noIdentity(
  error: string,
  who: { readonly roomId: string; readonly peerId: string },
  logger: Logger,
): ProtocolError {
  logger.error("authenticate returned no identity", { ...who, error });
  return refusal("unauthorized");
}

/** An error that is returned instead of thrown, or a class of a database's, has no fields to object to. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Why somebody whom the server knows may not enter as what the client asks for (H10). */
export function misfit(
  { rooms, peerId }: Identity,
  asked: { readonly roomId: string; readonly peerId: string },
): ProtocolError | undefined {
  if (rooms !== undefined && ![rooms].flat().includes(asked.roomId)) return refusal("forbidden");
  if (peerId !== undefined && peerId !== asked.peerId) {
    return new ProtocolError("forbidden", "You may not enter with this peer id.", "peerId");
  }
  return undefined;
}

/** What `authorize` allows: what the room's own rules say, or more than that. */
export type Permit = "allowed" | "granted";

/** Asks `authorize`: only a clear yes is one. */
export async function permit(
  ask: () => Verdict | Promise<Verdict>,
  forbidden: string,
  { hookTimeoutMs, logger }: AskingSetup,
): Promise<Permit | ProtocolError> {
  try {
    const verdict = await inTime(ask, hookTimeoutMs);
    if (verdict === true) return "allowed";
    if (verdict === "grant") return "granted";
  } catch (error) {
    if (error instanceof TooLate) {
      logger.error("authorize failed", { error: error.message });
      return refusal("unavailable");
    }
  }
  return refusal("forbidden", forbidden);
}
