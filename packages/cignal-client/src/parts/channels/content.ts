import type { Json } from "../../cignal-events.js";
import { CignalError } from "../../errors.js";
import type { Message } from "./frames.js";

/** What a channel carries: JSON, strings, and bytes, which arrive as a `Uint8Array`. */
export type ChannelData = Json | ArrayBuffer | ArrayBufferView;

/** A copy: what the page does to its own afterwards is not sent. Throws a `CignalError`. */
export function encode(data: ChannelData): Message {
  if (typeof data === "string") return { kind: "text", bytes: new TextEncoder().encode(data) };
  if (data instanceof ArrayBuffer) return { kind: "binary", bytes: new Uint8Array(data.slice(0)) };
  if (ArrayBuffer.isView(data)) {
    const { buffer, byteOffset, byteLength } = data;
    return { kind: "binary", bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() };
  }
  return { kind: "json", bytes: new TextEncoder().encode(toJson(data)) };
}

/** Throws if what came is not what it says it is. */
export function decode({ kind, bytes }: Message): Json | Uint8Array<ArrayBuffer> {
  if (kind === "binary") return bytes;
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  return kind === "text" ? text : JSON.parse(text);
}

function toJson(data: unknown): string {
  let cause: unknown;
  try {
    const text = JSON.stringify(data);
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  const problem = "send(data): expected JSON, a string, an ArrayBuffer or a typed array.";
  throw new CignalError("bad-argument", problem, { field: "data", cause });
}
