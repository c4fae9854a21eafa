import type { Frame, Kind, Message } from "./frames.js";

/** What came is not what PROTOCOL.md says. */
export class Violation extends Error {}

/** Puts the frames of one stream together again, and takes each message once and in order. */
export class IncomingStream {
  readonly #maxBytes: number;
  #received = 0;
  #partial: { number: number; kind: Kind; pieces: Uint8Array[]; bytes: number } | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of the last message that has come whole; 0 before the first. */
  get received(): number {
    return this.#received;
  }

  /** The channel is gone; what was half there comes anew. */
  interrupt(): void {
    this.#partial = undefined;
  }

  /** Returns the message that is whole by it, if one is. Throws a `Violation`. */
  take(frame: Frame): Message | undefined {
    const { kind, number, last, bytes } = frame;
    const partial = this.#begin(frame);
    partial.bytes += bytes.length;
    if (partial.bytes > this.#maxBytes) {
      throw new Violation(`a message is longer than ${this.#maxBytes} bytes`);
    }
    partial.pieces.push(bytes);
    if (!last) return undefined;
    this.#partial = undefined;
    this.#received = number;
    return { kind, bytes: join(partial.pieces, partial.bytes) };
  }

  #begin({ kind, number, first }: Frame) {
    const partial = this.#partial;
    if (!first) {
      if (partial?.number === number && partial.kind === kind) return partial;
      throw new Violation("a piece belongs to no message");
    }
    // Who has heard nothing yet may come in the middle.
    const expected = this.#received === 0 ? number : this.#received + 1;
    if (partial || number !== expected) throw new Violation("messages do not come in order");
    this.#partial = { number, kind, pieces: [], bytes: 0 };
    return this.#partial;
  }
}

function join(pieces: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
