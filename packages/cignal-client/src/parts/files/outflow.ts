import { pace } from "../../lib/pace.js";
import type { Source } from "./source.js";
import { CHUNK_BYTES, decodeWritten, WINDOW_BYTES } from "./wire.js";

/** Enough to keep a fast connection busy, little for others to wait behind. */
const MARKS = { high: 196_608, low: 65_536 };

export interface OutflowOptions {
  channel: RTCDataChannel;
  source: Source;
  /** The first byte. */
  from: number;
  /** So many bytes of the file have been handed over. */
  onSent: (count: number) => void;
  /** So many bytes of the file are where they shall be. */
  onWritten: (count: number) => void;
  onUnreadable: (cause: unknown) => void;
  onNonsense: () => void;
  onClose: () => void;
}

/** Sends a file over one channel, from a byte on, as fast as the other side writes it. */
export class Outflow {
  readonly #options: OutflowOptions;
  readonly #pump: () => void;
  #blocks: Uint8Array<ArrayBuffer>[] = [];
  #reading: "idle" | "busy" = "idle";
  /** How far the file is read, sent, and written at the other side. */
  #readTo: number;
  #sentTo: number;
  #writtenTo: number;
  /** Of the first block. */
  #offset = 0;
  #state: "new" | "open" | "ended" = "new";

  constructor(options: OutflowOptions) {
    const { channel, from } = options;
    this.#options = options;
    this.#readTo = this.#sentTo = this.#writtenTo = from;
    channel.binaryType = "arraybuffer";
    this.#pump = pace(channel, MARKS, () => this.#next());
    // Nothing is read for a channel that never opens: there may be many, if the other side wants.
    channel.addEventListener("open", () => {
      if (this.#state !== "new") return;
      this.#state = "open";
      this.#read();
    });
    channel.addEventListener("message", ({ data }) => this.#onWritten(data));
    channel.addEventListener("close", () => {
      if (this.#state !== "ended") options.onClose();
    });
  }

  /** Whether anything may have gone out. */
  get wasOpen(): boolean {
    return this.#state !== "new";
  }

  end(): void {
    this.#state = "ended";
    this.#blocks = [];
    this.#options.channel.close();
  }

  #next(): Uint8Array<ArrayBuffer> | undefined {
    const [block] = this.#blocks;
    if (!block || this.#sentTo - this.#writtenTo >= WINDOW_BYTES) return undefined;
    const chunk = block.subarray(this.#offset, this.#offset + CHUNK_BYTES);
    this.#offset += chunk.length;
    this.#sentTo += chunk.length;
    if (this.#offset === block.length) {
      this.#blocks.shift();
      this.#offset = 0;
      this.#read();
    }
    this.#options.onSent(this.#sentTo);
    return chunk;
  }

  /** One block goes out while the next one is read. */
  #read(): void {
    const { source, onUnreadable } = this.#options;
    const enough = this.#blocks.length >= 2 || this.#readTo >= source.size;
    if (this.#reading === "busy" || this.#state === "ended" || enough) return;
    this.#reading = "busy";
    source.read(this.#readTo).then(
      (block) => {
        this.#reading = "idle";
        if (this.#state === "ended") return;
        this.#readTo += block.length;
        this.#blocks.push(block);
        this.#pump();
        this.#read();
      },
      (cause) => {
        if (this.#state !== "ended") onUnreadable(cause);
      },
    );
  }

  #onWritten(data: unknown): void {
    if (this.#state === "ended") return;
    const count = decodeWritten(data);
    if (count === undefined || count < this.#writtenTo || count > this.#sentTo) {
      return this.#options.onNonsense();
    }
    this.#writtenTo = count;
    this.#options.onWritten(count);
    this.#pump();
  }
}
