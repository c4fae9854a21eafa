/** What a message is: text, any other JSON, or bytes. */
export type Kind = "text" | "json" | "binary";

/** A message as it travels, whole. */
export interface Message {
  kind: Kind;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A piece of a message (PROTOCOL.md B3). */
export interface Frame extends Message {
  number: number;
  first: boolean;
  last: boolean;
}

/** What the receiver says on the sender's channel (B4). */
export interface Received {
  /** The last message that it has; 0 if it knows nothing of the stream. */
  number: number;
  /** The longest message that it takes. */
  maxBytes: number;
}

/** How much of a message a frame holds: small, as nothing else goes out of the connection in the middle of it. */
export const PIECE_BYTES = 16_384;

/** Less of it is in a last frame alone, so that nobody can make us keep many tiny pieces. */
const PIECE_AT_LEAST = 1_024;

const HEADER_BYTES = 8;
const RECEIVED_BYTES = HEADER_BYTES + 4;

const KINDS: readonly Kind[] = ["text", "json", "binary"];
const FIRST = 4;
const LAST = 8;
const RECEIVED = 16;

export function encodeFrame({ kind, first, last, number, bytes }: Frame): Uint8Array<ArrayBuffer> {
  const type = KINDS.indexOf(kind) | (first ? FIRST : 0) | (last ? LAST : 0);
  const frame = header(type, number, HEADER_BYTES + bytes.length);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** `undefined`: it is none. */
export function decodeFrame(data: unknown): Frame | undefined {
  const read = readHeader(data);
  if (!read || read.type >= RECEIVED || read.rest.length > PIECE_BYTES) return undefined;
  const { type, number, rest: bytes } = read;
  const [kind, first, last] = [KINDS[type & 3], (type & FIRST) !== 0, (type & LAST) !== 0];
  if (!kind || number === 0) return undefined;
  if (!last && bytes.length < PIECE_AT_LEAST) return undefined;
  if (!first && bytes.length === 0) return undefined;
  return { kind, number, first, last, bytes };
}

export function encodeReceived({ number, maxBytes }: Received): Uint8Array<ArrayBuffer> {
  const frame = header(RECEIVED, number, RECEIVED_BYTES);
  new DataView(frame.buffer).setUint32(HEADER_BYTES, maxBytes);
  return frame;
}

/** `undefined`: it is none. */
export function decodeReceived(data: unknown): Received | undefined {
  const read = readHeader(data);
  if (read?.type !== RECEIVED || read.rest.length < RECEIVED_BYTES - HEADER_BYTES) return undefined;
  const maxBytes = new DataView(read.rest.buffer, read.rest.byteOffset).getUint32(0);
  return { number: read.number, maxBytes };
}

/** The type in a byte, one that is kept free, and the number in six. */
function header(type: number, number: number, length: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, type);
  view.setUint16(2, Math.floor(number / 2 ** 32));
  view.setUint32(4, number % 2 ** 32);
  return frame;
}

function readHeader(data: unknown) {
  if (!(data instanceof ArrayBuffer) || data.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(data);
  return {
    type: view.getUint8(0),
    number: view.getUint16(2) * 2 ** 32 + view.getUint32(4),
    rest: new Uint8Array(data, HEADER_BYTES),
  };
}
