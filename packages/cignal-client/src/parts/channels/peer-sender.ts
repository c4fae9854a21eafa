import { CignalError } from "../../errors.js";
import { pace } from "../../lib/pace.js";
import type { Peer } from "../../peer/peer.js";
import type { PeerConnection } from "../../peer/peer-connection.js";
import { decodeReceived, encodeFrame, type Message, PIECE_BYTES } from "./frames.js";
import { OutgoingStream, type Refusal } from "./outgoing-stream.js";

/** Some milliseconds of a fast connection: enough to keep it busy, little for others to wait behind. */
const MARKS = { high: 65_536, low: 16_384 };

/** A channel that the other side has closed is opened again after this, then twice as long. */
const REOPEN_MS = 1_000;
const REOPEN_AT_MOST_MS = 30_000;

export interface PeerSenderOptions {
  peer: Peer;
  label: string;
  /** Names what is sent here, through all connections (PROTOCOL.md B2). */
  id: string;
  reliable: boolean;
  onFailed: (error: CignalError) => void;
}

/** What this side sends to one peer: a data channel of its own on whatever connection there is. */
export class PeerSender {
  readonly #options: PeerSenderOptions;
  readonly #stream: OutgoingStream;
  #connection: PeerConnection | null = null;
  #channel: RTCDataChannel | undefined;
  #pump = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reopenMs = REOPEN_MS;
  #state: "open" | "refused" | "closed" = "open";
  #lossyNumber = 0;

  constructor(options: PeerSenderOptions) {
    this.#options = options;
    this.#stream = new OutgoingStream({
      onTooLarge: ({ bytes }) => options.onFailed(this.#error("too-large", bytes.length)),
    });
    this.look();
  }

  get bufferedAmount(): number {
    return this.#stream.bufferedAmount + (this.#channel?.bufferedAmount ?? 0);
  }

  /** Something has changed: the connection may be another one. */
  look(): void {
    const { connection } = this.#options.peer;
    if (this.#state !== "open" || connection === this.#connection) return;
    this.#drop();
    this.#connection = connection;
    this.#reopenMs = REOPEN_MS;
    this.#open();
  }

  /** Resolves when there is room for more; a lossy message is sent at once or not at all. */
  send(message: Message, signal?: AbortSignal): Promise<void> {
    if (!this.#options.reliable) return this.#sendLossy(message);
    return new Promise((resolve, reject) => {
      // It may be settled before `push` returns, and a signal may outlive many messages.
      const settled = new AbortController();
      const withdraw = this.#stream.push(message, (refusal) => {
        settled.abort();
        if (refusal) reject(this.#error(refusal, message.bytes.length, signal));
        else resolve();
      });
      signal?.addEventListener("abort", withdraw, { signal: settled.signal });
      this.#pump();
    });
  }

  close(): void {
    this.#end("closed");
  }

  async #sendLossy(message: Message): Promise<void> {
    const channel = this.#channel;
    if (message.bytes.length > PIECE_BYTES) throw this.#error("too-large", message.bytes.length);
    if (channel?.readyState !== "open" || channel.bufferedAmount >= MARKS.high) return;
    const number = ++this.#lossyNumber;
    channel.send(encodeFrame({ ...message, number, first: true, last: true }));
  }

  #open(): void {
    const { label, id, reliable } = this.#options;
    const pc = this.#connection?.pc;
    // A closed one is about to be replaced.
    if (!pc || pc.signalingState === "closed") return;
    const lossy: RTCDataChannelInit = { ordered: false, maxRetransmits: 0 };
    const channel = pc.createDataChannel(label, { protocol: id, ...(reliable ? {} : lossy) });
    channel.binaryType = "arraybuffer";
    this.#channel = channel;
    if (reliable) this.#pump = pace(channel, MARKS, () => this.#stream.next());
    channel.addEventListener("message", ({ data }) => {
      if (channel === this.#channel) this.#onReceived(data);
    });
    channel.addEventListener("close", () => {
      if (channel === this.#channel) this.#reopenLater();
    });
  }

  #onReceived(data: unknown): void {
    const received = decodeReceived(data);
    if (!received || !this.#stream.receive(received)) return this.#refuse();
    this.#reopenMs = REOPEN_MS;
    this.#pump();
  }

  /** The connection is still there: the other side has closed the channel, and may listen again. */
  #reopenLater(): void {
    this.#drop();
    this.#timer = setTimeout(() => this.#open(), this.#reopenMs);
    this.#reopenMs = Math.min(2 * this.#reopenMs, REOPEN_AT_MOST_MS);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const channel = this.#channel;
    this.#channel = undefined;
    this.#pump = () => {};
    this.#stream.interrupt();
    channel?.close();
  }

  #end(state: "refused" | "closed"): void {
    this.#state = state;
    this.#drop();
    this.#stream.close();
  }

  /** What they say of our messages cannot be true. */
  #refuse(): void {
    this.#end("refused");
    const problem = `What ${this.#options.peer.info.name} sends is no answer to what it was sent.`;
    this.#options.onFailed(new CignalError("bad-message", problem));
  }

  #error(refusal: Refusal, bytes: number, signal?: AbortSignal): CignalError {
    const { name } = this.#options.peer.info;
    switch (refusal) {
      case "full":
        return new CignalError(
          "channel-full",
          `Too much waits to be sent to ${name}. Await each send before the next one.`,
          { retryable: true },
        );
      case "too-large":
        return new CignalError(
          "too-large",
          `The message of ${bytes} bytes is longer than what ${name} takes. See the options reliable and maxMessageBytes.`,
        );
      case "aborted":
        return new CignalError("aborted", "The message was taken back before it was sent.", {
          cause: signal?.reason,
        });
      case "closed":
        if (this.#state === "refused") {
          return new CignalError("bad-message", `Nothing more is sent to ${name}.`);
        }
        return new CignalError("nobody-here", `${name} has left, or this channel was closed.`);
    }
  }
}
