import type { PeerInfo } from "@cignal/protocol";
import type { AboutPeer, Json } from "../../cignal-events.js";
import { CignalError, type Outcome } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Peer } from "../../peer/peer.js";
import type { Session } from "../../session.js";
import { type ChannelData, decode, encode } from "./content.js";
import { PeerReceiver } from "./peer-receiver.js";
import { PeerSender } from "./peer-sender.js";

export interface ChannelSettings {
  name: string;
  reliable: boolean;
  maxMessageBytes: number;
  onClose: () => void;
}

export interface SendOptions {
  /** The id of the peer that shall get it. Default: everybody. */
  to?: string | undefined;
  /** Aborted, it takes back a message that still waits for room. */
  signal?: AbortSignal | undefined;
}

export interface ChannelEvents {
  /**
   * What a peer has sent: JSON, a string, or a `Uint8Array`. It is as the peer made it; look at it before you use it.
   */
  message: [data: Json | Uint8Array<ArrayBuffer>, about: AboutPeer];
  /** Something that was taken is not delivered, or nothing more is taken from a peer, which broke the rules. */
  failed: [error: CignalError, about: AboutPeer];
}

/** A named channel to everybody in the room. Make it with `openChannel`. */
export class Channel {
  readonly name: string;
  readonly #settings: ChannelSettings;
  readonly #session: Session;
  readonly #events: Emitter<ChannelEvents>;
  readonly #ends = new Map<Peer, { sender: PeerSender; receiver: PeerReceiver }>();
  readonly #untap: () => void;
  /** Who has heard nothing yet may come; once somebody has listened, what nobody hears is gone. */
  #listeners: "none yet" | number = "none yet";
  #state: "open" | "closed" = "open";

  /** @internal */
  constructor(session: Session, settings: ChannelSettings) {
    this.name = settings.name;
    this.#session = session;
    this.#settings = settings;
    this.#events = new Emitter({ onListenerError: session.browser.reportError });
    this.#untap = session.events.tap((...[name]) => {
      if (name === "stateChanged") this.#look();
    });
    this.#look();
  }

  /** Whether it was closed, or the room was left. */
  get closed(): boolean {
    return this.#state === "closed";
  }

  /** Adds a listener and returns what removes it. Nothing is sent to this page before the first one for `message`. */
  on<Name extends keyof ChannelEvents>(
    name: Name,
    listener: (...args: ChannelEvents[Name]) => void,
  ): () => void {
    const off = this.#events.on(name, listener);
    if (name !== "message") return off;
    const count = this.#listeners;
    this.#listeners = count === "none yet" ? 1 : count + 1;
    if (count === "none yet") for (const { receiver } of this.#ends.values()) receiver.listen();
    let counted = true;
    return () => {
      if (counted && typeof this.#listeners === "number") this.#listeners--;
      counted = false;
      off();
    };
  }

  /**
   * Sends JSON, a string, or bytes to everybody or to one peer.
   *
   * Reliable: it arrives once and in order, through lost and rebuilt connections, at whoever was here when it was sent.
   * Resolves when there is room for more, so that a loop that awaits goes as fast as the slowest peer. Lossy: resolves at
   * once; what does not fit is lost. Never rejects; fails with `nobody-here`, `too-large`, `channel-full`, `aborted`,
   * `bad-argument`, `closed` or `forbidden`.
   */
  async send(data: ChannelData, { to, signal }: SendOptions = {}): Promise<Outcome> {
    try {
      const ends = this.#receivers(to);
      const message = encode(data);
      const { maxMessageBytes } = this.#settings;
      if (message.bytes.length > maxMessageBytes) {
        const problem = `The message has ${message.bytes.length} bytes, ${maxMessageBytes} is the most: see the option maxMessageBytes.`;
        throw new CignalError("too-large", problem, { field: "data" });
      }
      if (signal?.aborted) {
        throw new CignalError("aborted", "It was taken back before.", { cause: signal.reason });
      }
      const sent = await Promise.allSettled(ends.map(({ sender }) => sender.send(message, signal)));
      const errors = sent.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
      // Who leaves meanwhile is no failure of what goes to everybody.
      const failed = errors.find(({ code }) => to !== undefined || code !== "nobody-here");
      if (failed) throw failed;
      return { success: true };
    } catch (error) {
      if (!(error instanceof CignalError)) throw error;
      return { success: false, error };
    }
  }

  /** What was handed over and has not arrived, in bytes: of one peer, by default of the one for whom most waits. */
  bufferedAmount(to?: string): number {
    const amounts = [...this.#ends].map(([{ info }, { sender }]) =>
      to === undefined || info.id === to ? sender.bufferedAmount : 0,
    );
    return Math.max(0, ...amounts);
  }

  /** Closes it on this side, at once: what has not been sent is not sent. A second call does nothing. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#untap();
    for (const peer of this.#ends.keys()) this.#end(peer);
    this.#settings.onClose();
  }

  #receivers(to: string | undefined) {
    if (this.#state === "closed") {
      throw new CignalError("closed", `The channel ${this.name} is closed.`);
    }
    if (this.#session.room.me.inspector) {
      throw new CignalError("forbidden", "An inspector only watches, and takes part in nothing.");
    }
    this.#look();
    const ends = [...this.#ends].filter(([{ info }]) => to === undefined || info.id === to);
    if (ends.length > 0) return ends.map(([, end]) => end);
    const problem =
      to === undefined ? "Nobody else is in the room yet." : "Nobody with that id is in the room.";
    throw new CignalError("nobody-here", problem, { retryable: true });
  }

  /** Everybody who takes part has two ends here, for as long as they are in the room. */
  #look(): void {
    const { room, closed } = this.#session;
    if (closed) return this.close();
    if (room.me.inspector) return;
    const peers = new Set(room.peers.filter(({ info }) => !info.inspector));
    for (const peer of this.#ends.keys()) if (!peers.has(peer)) this.#end(peer);
    for (const peer of peers) {
      const known = this.#ends.get(peer);
      known?.sender.look();
      known?.receiver.look();
      if (!known) this.#begin(peer);
    }
  }

  #begin(peer: Peer): void {
    const { name, reliable, maxMessageBytes: maxBytes } = this.#settings;
    const label = `channel/${name}`;
    const about = { peer: peer.info satisfies PeerInfo };
    const onFailed = (error: CignalError) => this.#events.emit("failed", error, about);
    const id = this.#session.browser.randomId();
    this.#ends.set(peer, {
      sender: new PeerSender({ peer, label, id, reliable, onFailed }),
      receiver: new PeerReceiver({
        peer,
        label,
        maxBytes,
        listens: () => this.#listeners !== "none yet",
        deliver: (message) => {
          const data = decode(message);
          if (this.#listeners !== 0) this.#events.emit("message", data, about);
        },
        onFailed,
      }),
    });
  }

  #end(peer: Peer): void {
    const ends = this.#ends.get(peer);
    this.#ends.delete(peer);
    ends?.sender.close();
    ends?.receiver.close();
  }
}
