import * as v from "valibot";
import { LIMITS } from "./limits.js";

/*
 * A browser downloads each kind of schema that is used here, so few kinds are: `check` for every rule on a value, and
 * `lazy` where the value itself tells which schema is meant.
 */

const matches = (pattern: RegExp, message: string) =>
  v.check((value: string) => pattern.test(value), message);

const text = (max: number) =>
  v.pipe(
    v.string(),
    v.maxLength(max),
    matches(/^[^\p{Cc}\p{Cs}]+$/u, "expected some text without control characters"),
  );

/** A room or peer id (M1, M2). */
export const id = text(LIMITS.id);

/** A display name or role (M1, M2). */
export const name = text(LIMITS.name);

/** A connection id or a resume token: what a machine made from random bytes. */
export const token = v.pipe(
  v.string(),
  v.maxLength(LIMITS.token),
  matches(/^[\w-]+$/, "expected letters, digits, - and _"),
);

/** What the app gave its user to show at the door, such as a JWT (H8). */
export const accessToken = text(LIMITS.accessToken);

/** What whoever enters must know (O7). */
export const password = text(LIMITS.password);

/** Roster revisions and other counters. */
export const counter = v.pipe(
  v.number(),
  v.check(
    (value) => Number.isSafeInteger(value) && value >= 0,
    "expected a whole number from 0 on",
  ),
);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Whether `value` is JSON that nests no deeper than allowed; what no JSON can say (functions, binary) is not. */
function isJson(value: unknown, depth: number = LIMITS.dataDepth): value is Json {
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
    `expected JSON that nests at most ${LIMITS.dataDepth} deep`,
  ),
  v.check(fitsInform, `expected at most ${LIMITS.data} characters of JSON`),
);

/** Absent is no. */
export const flag = v.optional(v.boolean());

/** Names that reach a prototype where an object is merged into another. */
const POLLUTING = ["__proto__", "constructor", "prototype"];

function isHarmless(value: Json): boolean {
  if (!(value instanceof Object)) return true;
  return (
    !POLLUTING.some((key) => Object.hasOwn(value, key)) && Object.values(value).every(isHarmless)
  );
}

/** What an app tells of its user to all in the room (O9, M1). */
export const details = v.custom<{ [key: string]: Json }>(
  (value) =>
    value instanceof Object &&
    !Array.isArray(value) &&
    isJson(value, LIMITS.detailsDepth) &&
    isHarmless(value) &&
    JSON.stringify(value).length <= LIMITS.details,
  `expected an object of at most ${LIMITS.details} characters of JSON that nests at most ${LIMITS.detailsDepth} deep, without ${POLLUTING.join(", ")}`,
);

/** How somebody uses a device or the screen; only `off` has no track (P4). */
export const use = v.picklist(["on", "muted", "interrupted", "off"]);

/** What somebody sends, as the room is told (O9). */
export const media = v.object({ microphone: use, camera: use, screen: use });

const word = v.optional(name);

/** With what somebody is in a room, by their own word (H12). */
export const about = v.optional(
  v.object({ platform: word, appVersion: word, version: word, device: word, network: word }),
);

export type About = NonNullable<v.InferOutput<typeof about>>;

/** Somebody in a room, as the others see them (R1). */
export const peerInfo = v.object({
  id,
  name,
  role: v.optional(name),
  /** Reached over a TURN server alone (C5). */
  relayOnly: flag,
  about,
  /** Runs the room (O1). */
  host: flag,
  /** Watches and says nothing (O11). */
  inspector: flag,
  details: v.optional(details),
  media: v.optional(media),
});

/** A room as its members and watchers are told, apart from who is in it (O3, O7). */
export const roomInfo = v.object({ locked: v.boolean(), hasPassword: v.boolean() });

export type Details = v.InferOutput<typeof details>;
export type Media = v.InferOutput<typeof media>;
export type PeerInfo = v.InferOutput<typeof peerInfo>;
export type RoomInfo = v.InferOutput<typeof roomInfo>;
