import type { Peer } from "../../peer/peer.js";
import { encodeWritten, type FileMessage } from "./wire.js";

/** Where nothing comes though it was asked for, it is asked for again after this, then twice as long. */
const ASK_MS = 5_000;
const ASK_AT_MOST_MS = 40_000;

export interface SupplyOptions {
  /** The file's. */
  id: string;
  peer: Peer;
  say: (message: FileMessage) => void;
  /** How many bytes have come, from the first one on. */
  received: () => number;
  onOpen: () => void;
  onLost: () => void;
  onData: (data: unknown) => void;
}

/** Asks a file's sender for what is missing, anew wherever it stops coming, and takes the channel that brings it (F4). */
export class Supply {
  readonly #options: SupplyOptions;
  readonly #known = new WeakSet<RTCDataChannel>();
  #state: "asking" | "ended" = "asking";
  #connection: Peer["connection"];
  #channel: RTCDataChannel | undefined;
  /** Counts what was asked for; the channel that brings it has the number. Higher than that of a page before a reload. */
  #attempt = Date.now();
  #askMs = ASK_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SupplyOptions) {
    this.#options = options;
    this.#connection = options.peer.connection;
    this.#ask();
    this.look();
  }

  /** Something has changed: the connection may be another one, or the sender has opened a channel. */
  look(): void {
    if (this.#state === "ended") return;
    const { connection } = this.#options.peer;
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#lose();
      if (connection) this.#ask();
    }
    for (const channel of connection?.inbound ?? []) {
      if (channel.label !== `file/${this.#options.id}` || this.#known.has(channel)) continue;
      this.#known.add(channel);
      // What was asked for before has been asked for anew.
      if (channel.protocol === String(this.#attempt)) this.#adopt(channel);
      else channel.close();
    }
  }

  /** Tells the sender how many bytes are written (F5). */
  acknowledge(written: number): void {
    if (this.#channel?.readyState === "open") this.#channel.send(encodeWritten(written));
  }

  /** All that is needed is there, or nothing is wanted any more. */
  end(): void {
    this.#state = "ended";
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Also where all is there and only the sender's word about it is missing. */
  #ask(): void {
    const { id, received, say } = this.#options;
    say({ type: "accept", id, from: received(), attempt: ++this.#attempt });
    clearTimeout(this.#timer);
    // Without a connection nothing can come; the next one is asked for it anyway.
    this.#timer = setTimeout(() => this.#connection && this.#ask(), this.#askMs);
    this.#askMs = Math.min(2 * this.#askMs, ASK_AT_MOST_MS);
  }

  #adopt(channel: RTCDataChannel): void {
    this.#channel?.close();
    this.#channel = channel;
    clearTimeout(this.#timer);
    this.#askMs = ASK_MS;
    channel.binaryType = "arraybuffer";
    this.#options.onOpen();
    channel.addEventListener("message", ({ data }) => {
      if (channel === this.#channel) this.#options.onData(data);
    });
    channel.addEventListener("close", () => {
      if (channel !== this.#channel) return;
      this.#lose();
      this.#ask();
    });
  }

  #lose(): void {
    this.#channel = undefined;
    this.#options.onLost();
  }
}
