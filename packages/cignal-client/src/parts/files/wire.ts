import * as v from "valibot";

/** The longest name, in UTF-16 code units. */
const NAME_AT_MOST = 255;

/** How much of a file travels in one message. */
export const CHUNK_BYTES = 65_536;

/** The shortest but for the last one: a receiver keeps less beside the bytes than they are. */
export const SHORTEST_BYTES = 1_024;

/** The longest message that a receiver takes: what every browser can send. */
export const LONGEST_BYTES = 262_144;

/** How much may be on its way, or wait to be written. */
export const WINDOW_BYTES = 4_194_304;

const id = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/));
const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Why a transfer ends before its time. */
const reason = v.picklist(["cancelled", "unknown", "unreadable", "storage", "damaged", "rules"]);

/** What is said about files with the topic `file` (PROTOCOL.md F). */
const message = v.variant("type", [
  v.object({
    type: v.literal("offer"),
    id,
    name: v.pipe(v.string(), v.maxLength(NAME_AT_MOST)),
    size: bytes,
    mime: v.pipe(v.string(), v.maxLength(127)),
  }),
  v.object({ type: v.literal("accept"), id, from: bytes, attempt: bytes }),
  v.object({
    type: v.literal("refuse"),
    id,
    reason: v.optional(v.pipe(v.string(), v.maxLength(128))),
  }),
  v.object({ type: v.literal("done"), id, sha256 }),
  v.object({ type: v.literal("received"), id, sha256 }),
  v.object({ type: v.literal("end"), id, reason }),
]);

export type FileMessage = v.InferOutput<typeof message>;
export type MessageOf<Type extends FileMessage["type"]> = Extract<FileMessage, { type: Type }>;
export type EndReason = MessageOf<"end">["reason"];

/** `undefined` for anything else, which is ignored: a newer client may say more. */
export function readMessage(data: unknown): FileMessage | undefined {
  const result = v.safeParse(message, data);
  return result.success ? result.output : undefined;
}

/** How much has been written, on the sender's channel (F5). */
export function encodeWritten(count: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, BigInt(count));
  return data;
}

/** `undefined`: it is no such number. */
export function decodeWritten(data: unknown): number | undefined {
  if (!(data instanceof ArrayBuffer) || data.byteLength !== 8) return undefined;
  const count = Number(new DataView(data).getBigUint64(0));
  return Number.isSafeInteger(count) ? count : undefined;
}

/**
 * A name that is nothing but a name: no path, no control characters, nothing that turns the direction of text to show
 * another ending than it has.
 */
export function plainName(name: string): string {
  const plain = name
    .replaceAll(/[/\\]|\p{Cc}|\p{Cs}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/^[.\s]+/, "")
    .trim()
    .slice(0, NAME_AT_MOST);
  return plain || "file";
}

/** A type as in RFC 6838, or none. */
export const plainType = (type: string): string =>
  /^[\w.+-]{1,63}\/[\w.+-]{1,63}$/.test(type) ? type.toLowerCase() : "";
