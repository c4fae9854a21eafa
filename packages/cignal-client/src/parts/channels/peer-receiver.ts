import { debug } from "../../browser/debug.js";
import { CignalError } from "../../errors.js";
import type { Peer } from "../../peer/peer.js";
import { decodeFrame, encodeReceived, type Message } from "./frames.js";
import { IncomingStream, Violation } from "./incoming-stream.js";

const log = debug("channels");

/** A sender learns what has come after so many bytes or messages, or this long. */
const ACKNOWLEDGE_BYTES = 131_072;
const ACKNOWLEDGE_MESSAGES = 64;
const ACKNOWLEDGE_MS = 50;

const ID_AT_MOST = 64;

/** Who has had so many streams refused is not listened to any more. */
const REFUSED_AT_MOST = 8;

export interface PeerReceiverOptions {
  peer: Peer;
  label: string;
  maxBytes: number;
  /** Whether anybody wants to hear. Before that no sender is asked for anything. */
  listens: () => boolean;
  /** Throws if the message is not what it says it is. */
  deliver: (message: Message) => void;
  onFailed: (error: CignalError) => void;
}

/** What one peer sends: found among the channels that it has opened, put together, acknowledged. */
export class PeerReceiver {
  readonly #options: PeerReceiverOptions;
  /** Those that were looked at. */
  readonly #known = new WeakSet<RTCDataChannel>();
  #channel: RTCDataChannel | undefined;
  /** What the sender calls its stream (PROTOCOL.md B2), and what we have of it; of a lossy one nothing is kept. */
  #id: string | undefined;
  #stream: IncomingStream;
  #said: "nothing" | "hello" = "nothing";
  /** Streams that have broken the rules are not read any more, nor any of who has sent many such. */
  readonly #refused = new Set<string>();
  #due = { bytes: 0, messages: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PeerReceiverOptions) {
    this.#options = options;
    this.#stream = new IncomingStream(options.maxBytes);
    this.look();
  }

  /** Something has changed: they may have opened a channel. */
  look(): void {
    for (const channel of this.#options.peer.connection?.inbound ?? []) {
      if (channel.label !== this.#options.label || this.#known.has(channel)) continue;
      this.#known.add(channel);
      this.#adopt(channel);
    }
  }

  /** Somebody listens now. */
  listen(): void {
    if (this.#said === "hello" || !this.#channel || isLossy(this.#channel)) return;
    this.#tell();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#channel = undefined;
  }

  #adopt(channel: RTCDataChannel): void {
    const id = channel.protocol;
    if (this.#refused.has(id) || this.#refused.size >= REFUSED_AT_MOST) return;
    // The last one that they have opened is the one that they use.
    this.close();
    this.#channel = channel;
    this.#said = "nothing";
    channel.binaryType = "arraybuffer";
    if (this.#id !== id) this.#stream = new IncomingStream(this.#options.maxBytes);
    this.#id = id;
    this.#stream.interrupt();
    if (id === "" || id.length > ID_AT_MOST) return this.#refuse("its id is none");
    channel.addEventListener("message", ({ data }) => {
      if (channel === this.#channel) this.#onMessage(channel, data);
    });
    channel.addEventListener("open", () => {
      if (channel === this.#channel && this.#options.listens()) this.listen();
    });
    if (this.#options.listens()) this.listen();
  }

  #onMessage(channel: RTCDataChannel, data: unknown): void {
    try {
      const frame = decodeFrame(data);
      if (!frame) throw new Violation("what came is no frame");
      if (isLossy(channel)) {
        if (!frame.first || !frame.last) throw new Violation("a lossy message is in pieces");
        if (this.#options.listens()) this.#deliver(frame);
        return;
      }
      if (this.#said !== "hello") throw new Violation("nobody has asked yet");
      const message = this.#stream.take(frame);
      if (!message) return;
      this.#deliver(message);
      // Whoever has heard it may have closed the channel.
      if (channel === this.#channel) this.#acknowledge(message.bytes.length);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#refuse(error.message);
    }
  }

  #deliver(message: Message): void {
    try {
      this.#options.deliver(message);
    } catch {
      throw new Violation(`what came is no ${message.kind}`);
    }
  }

  #acknowledge(bytes: number): void {
    const due = { bytes: this.#due.bytes + bytes, messages: this.#due.messages + 1 };
    this.#due = due;
    if (due.bytes >= ACKNOWLEDGE_BYTES || due.messages >= ACKNOWLEDGE_MESSAGES) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), ACKNOWLEDGE_MS);
  }

  /** The first time on a channel it asks for what comes next, later it acknowledges. */
  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = { bytes: 0, messages: 0 };
    const channel = this.#channel;
    if (channel?.readyState !== "open") return;
    this.#said = "hello";
    channel.send(
      encodeReceived({ number: this.#stream.received, maxBytes: this.#options.maxBytes }),
    );
  }

  #refuse(why: string): void {
    const { peer, onFailed } = this.#options;
    log("%s: refused a channel: %s", peer.info.id, why);
    this.#refused.add(this.#id ?? "");
    this.close();
    const problem = `What ${peer.info.name} has sent breaks the rules: ${why}.`;
    onFailed(new CignalError("bad-message", problem));
  }
}

const isLossy = (channel: RTCDataChannel) =>
  !channel.ordered || channel.maxRetransmits !== null || channel.maxPacketLifeTime !== null;
