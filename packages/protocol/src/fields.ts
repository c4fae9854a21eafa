import * as v from "valibot";
import { LIMITS } from "./limits.js";

const printable = /^[^\p{Cc}\p{Cs}]+$/u;

const text = (max: number, what: string) =>
  v.pipe(
    v.string(),
    v.minLength(1, `${what} must not be empty`),
    v.maxLength(max, `${what} must have at most ${max} characters`),
    v.regex(printable, `${what} must not contain control characters`),
  );

/** A room or peer id (M1, M2). */
export const id = text(LIMITS.id, "an id");

/** A display name or role (M1, M2). */
export const name = text(LIMITS.name, "a name");

/** A connection id or a resume token: what a machine made from random bytes. */
export const token = v.pipe(
  v.string(),
  v.regex(/^[\w-]+$/, "a token is made of letters, digits, - and _"),
  v.maxLength(LIMITS.token, `a token must have at most ${LIMITS.token} characters`),
);

/** Roster revisions and other counters. */
export const counter = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const iceText = v.pipe(v.string(), v.maxLength(LIMITS.iceText));

const iceUrl = v.pipe(
  iceText,
  v.regex(
    /^(stuns?|turns?):[^\s?]+(\?transport=(udp|tcp))?$/,
    'an ICE server URL looks like "stun:host:port" or "turn:host:port?transport=udp" (RFC 7064, RFC 7065)',
  ),
);

const isTurn = (url: string) => url.startsWith("turn");

/** One `RTCIceServer` (C1). */
export const iceServer = v.pipe(
  v.object({
    urls: v.union(
      [iceUrl, v.pipe(v.array(iceUrl), v.minLength(1), v.maxLength(LIMITS.iceUrls))],
      `urls must be a STUN or TURN URL such as "turn:host:3478", or a list of 1 to ${LIMITS.iceUrls} of them`,
    ),
    username: v.optional(iceText),
    credential: v.optional(iceText),
  }),
  v.check(
    ({ urls, username, credential }) =>
      ![urls].flat().some(isTurn) || (username !== undefined && credential !== undefined),
    "a TURN server needs username and credential",
  ),
);

export const iceServers = v.pipe(
  v.array(iceServer),
  v.maxLength(LIMITS.iceServers, `at most ${LIMITS.iceServers} ICE servers`),
);

export type IceServer = v.InferOutput<typeof iceServer>;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Whether `value` is JSON that nests no deeper than allowed; what no JSON can say (functions, binary) is not. */
export function isJson(value: unknown, depth: number = LIMITS.dataDepth): value is Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((item) => isJson(item, depth - 1));
}

/** Whether `value` is short enough for `inform` (M1). */
export const fitsInform = (value: Json) => JSON.stringify(value).length <= LIMITS.data;

/** What `inform` carries (I1, M1). */
export const data = v.pipe(
  v.custom<Json>(
    (value) => isJson(value),
    `data must be JSON that nests at most ${LIMITS.dataDepth} deep`,
  ),
  v.check(fitsInform, `data must have at most ${LIMITS.data} characters as JSON`),
);

/** Somebody in a room, as the others see them (R1). */
export const peerInfo = v.object({ id, name, role: v.optional(name) });

export type PeerInfo = v.InferOutput<typeof peerInfo>;
