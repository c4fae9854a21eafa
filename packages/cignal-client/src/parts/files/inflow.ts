import type { Hash } from "./hash.js";
import type { Sink } from "./sinks.js";
import { LONGEST_BYTES, SHORTEST_BYTES, WINDOW_BYTES } from "./wire.js";

/** A sender does not know at once what was written; what comes beyond twice the window ignores it. */
const UNWRITTEN_AT_MOST = 2 * WINDOW_BYTES;

/** Each write costs the same, small or large, and so does each word to the sender: so much is collected for one. */
const WRITE_BYTES = 524_288;

/** Where it comes slowly, less is written. */
const COLLECT_MS = 50;

export interface InflowOptions {
  size: number;
  hash: Hash;
  sink: Sink;
  /** So many bytes of the file are in the sink. */
  onWritten: (count: number) => void;
  onFailed: (cause: unknown) => void;
}

/** Takes the bytes of a file in order, hashes and writes them; the sink sets the pace. */
export class Inflow {
  readonly #options: InflowOptions;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #received = 0;
  #written = 0;
  #state: "idle" | "writing" | "ended" = "idle";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: InflowOptions) {
    this.#options = options;
  }

  /** From here on it goes on: all before is hashed, and in the sink or on its way there. */
  get received(): number {
    return this.#received;
  }

  get written(): number {
    return this.#written;
  }

  /** Returns what is wrong with it, if anything is. */
  take(data: unknown): string | undefined {
    const { size, hash } = this.#options;
    if (!(data instanceof ArrayBuffer)) return "a file is sent as bytes";
    const { byteLength } = data;
    const isLast = this.#received + byteLength === size;
    if (byteLength === 0 || byteLength > LONGEST_BYTES || (byteLength < SHORTEST_BYTES && !isLast))
      return "a piece has a wrong length";
    if (this.#received + byteLength > size) return "a file is longer than announced";
    if (this.#received + byteLength - this.#written > UNWRITTEN_AT_MOST) {
      return "a file is sent faster than it is written";
    }
    const bytes = new Uint8Array(data);
    hash.update(bytes);
    this.#received += byteLength;
    this.#pieces.push(bytes);
    this.#collect();
    return undefined;
  }

  /** Nothing is written any more. */
  end(): void {
    this.#state = "ended";
    this.#pieces = [];
    clearTimeout(this.#timer);
  }

  #collect(): void {
    if (this.#state !== "idle" || this.#pieces.length === 0) return;
    const isEnough = this.#received - this.#written >= WRITE_BYTES;
    if (isEnough || this.#received === this.#options.size) void this.#write();
    else this.#timer ??= setTimeout(() => void this.#write(), COLLECT_MS);
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#state = "writing";
    const bytes = join(this.#pieces);
    this.#pieces = [];
    try {
      await this.#options.sink.write(bytes);
      if (this.#hasEnded()) return;
      this.#state = "idle";
      this.#written += bytes.length;
      this.#options.onWritten(this.#written);
      this.#collect();
    } catch (cause) {
      if (!this.#hasEnded()) this.#options.onFailed(cause);
    }
  }

  #hasEnded(): boolean {
    return this.#state === "ended";
  }
}

function join(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
