import { encodeFrame, type Message, PIECE_BYTES, type Received } from "./frames.js";

/** How much may wait for the receiver's word; more than a fast connection has on its way. */
const WINDOW_BYTES = 1_048_576;

/** How much more may wait to be taken: a page that does not await is told so before the tab dies of it. */
const QUEUE_BYTES = 16_777_216;

/** What a message costs beside its bytes, so that empty ones are not for nothing. */
const MESSAGE_BYTES = 64;

/** Why a message is not sent: too much waits, it is longer than the receiver takes, or it was taken back. */
export type Refusal = "full" | "too-large" | "aborted" | "closed";

interface Entry {
  message: Message;
  size: number;
  /** It was taken, or why it never will be. */
  settle: (refusal?: Refusal) => void;
}

export interface OutgoingStreamOptions {
  /** A message that was taken cannot be delivered: the receiver takes none so long. */
  onTooLarge: (message: Message) => void;
}

/**
 * What is sent to one receiver, once and in order, over channels of which each may be lost at any time (PROTOCOL.md, B).
 * It knows nothing of channels: it is asked for the next frame, and told what the receiver says.
 */
export class OutgoingStream {
  readonly #options: OutgoingStreamOptions;
  /** Messages that wait until there is room in the window. */
  readonly #queue = new Set<Entry>();
  #queued = 0;
  /** Messages that were taken and are not acknowledged: those after `#acknowledged`, in order. */
  #window: Entry[] = [];
  #taken = 0;
  #acknowledged = 0;
  /** The last message that was sent whole, over whatever channel. */
  #sent = 0;
  /** What goes out next: the place of its message in the window, and how much of it is out already. */
  #next = { index: 0, offset: 0 };
  /** The longest message that the receiver takes, by its last word. */
  #maxBytes = Number.POSITIVE_INFINITY;
  #state: "silent" | "flowing" | "closed" = "silent";

  constructor(options: OutgoingStreamOptions) {
    this.#options = options;
  }

  /** What was handed over and is not acknowledged, in bytes. */
  get bufferedAmount(): number {
    return this.#taken + this.#queued;
  }

  /** Calls `settle` when there is room for more, or with why it is not sent. Returns what takes it back until then. */
  push(message: Message, settle: Entry["settle"]): () => void {
    const entry: Entry = { message, size: message.bytes.length + MESSAGE_BYTES, settle };
    if (this.#state === "closed") settle("closed");
    else if (this.#queued > 0 && this.#queued + entry.size > QUEUE_BYTES) settle("full");
    else {
      this.#queue.add(entry);
      this.#queued += entry.size;
      this.#fill();
    }
    return () => {
      if (!this.#queue.delete(entry)) return;
      this.#queued -= entry.size;
      settle("aborted");
    };
  }

  /** What the receiver has said, at first on each channel as elsewhere. False: it cannot be true. */
  receive({ number, maxBytes }: Received): boolean {
    if (this.#state === "closed") return true;
    const begins = this.#state === "silent";
    const isNew = begins && number === 0;
    if (!isNew && (number < this.#acknowledged || number > this.#sent)) return false;
    this.#state = "flowing";
    this.#maxBytes = maxBytes;
    if (isNew) this.#startOver();
    else this.#acknowledge(number);
    if (begins) this.#next = { index: 0, offset: 0 };
    return true;
  }

  /** The channel is gone: nothing goes out until the receiver has spoken on the next one. */
  interrupt(): void {
    if (this.#state === "flowing") this.#state = "silent";
  }

  /** The next frame, if one may go out now. */
  next(): Uint8Array<ArrayBuffer> | undefined {
    const { index, offset } = this.#next;
    const message = this.#window[index]?.message;
    if (this.#state !== "flowing" || !message) return undefined;
    const number = this.#acknowledged + index + 1;
    const bytes = message.bytes.subarray(offset, offset + PIECE_BYTES);
    const end = offset + bytes.length;
    const last = end === message.bytes.length;
    this.#next = last ? { index: index + 1, offset: 0 } : { index, offset: end };
    if (last) this.#sent = Math.max(this.#sent, number);
    return encodeFrame({ kind: message.kind, number, first: offset === 0, last, bytes });
  }

  close(): void {
    this.#state = "closed";
    this.#window = [];
    this.#taken = 0;
    const queue = [...this.#queue];
    this.#queue.clear();
    this.#queued = 0;
    for (const { settle } of queue) settle("closed");
  }

  /** Somebody who knows nothing of the stream hears what the one before has not acknowledged. */
  #startOver(): void {
    const tooLarge = this.#window.filter((entry) => this.#isTooLarge(entry));
    this.#window = this.#window.filter((entry) => !this.#isTooLarge(entry));
    this.#taken = this.#window.reduce((sum, { size }) => sum + size, 0);
    this.#sent = this.#acknowledged;
    for (const { message } of tooLarge) this.#options.onTooLarge(message);
    this.#fill();
  }

  #acknowledge(number: number): void {
    const count = number - this.#acknowledged;
    if (count === 0) return;
    this.#acknowledged = number;
    for (const { size } of this.#window.splice(0, count)) this.#taken -= size;
    this.#next = { ...this.#next, index: this.#next.index - count };
    this.#fill();
  }

  #fill(): void {
    for (const entry of this.#queue) {
      const isTooLarge = this.#isTooLarge(entry);
      if (!isTooLarge && this.#taken > 0 && this.#taken + entry.size > WINDOW_BYTES) return;
      this.#queue.delete(entry);
      this.#queued -= entry.size;
      if (isTooLarge) {
        entry.settle("too-large");
        continue;
      }
      this.#taken += entry.size;
      this.#window.push(entry);
      entry.settle();
    }
  }

  #isTooLarge({ message }: Entry): boolean {
    return message.bytes.length > this.#maxBytes;
  }
}
