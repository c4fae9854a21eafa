import type { PeerInfo } from "@cignal/protocol";
import type { FileStorage } from "../../browser/file-storage.js";
import type { AboutPeer } from "../../cignal-events.js";
import { CignalError } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Peer } from "../../peer/peer.js";
import type { Session } from "../../session.js";
import { IncomingFile } from "./incoming-file.js";
import { Mailbox } from "./mailbox.js";
import { Sending } from "./sending.js";
import { Source } from "./source.js";
import { gone } from "./transfer-errors.js";
import { type FileMessage, type MessageOf, plainName, plainType, readMessage } from "./wire.js";

/** How many files of one peer may be offered and on their way here at once. */
const OFFERS_AT_MOST = 32;

/** How many files that are over are remembered, to answer whoever missed the end of it. */
const OVER_AT_MOST = 256;

export interface FilesSettings {
  maxBytes: number;
  onClose: () => void;
}

export interface SendFileOptions {
  /** The id of the peer that shall get it. Default: everybody who is here. */
  to?: string | undefined;
  /** Whether whoever joins later is offered it, too, until it is cancelled. Default: `false`. */
  lateJoiners?: boolean | undefined;
  /** Under which name. Default: that of the file, else "file". */
  name?: string | undefined;
  /** Aborted, it cancels it. */
  signal?: AbortSignal | undefined;
}

export interface FilesEvents {
  /** A peer offers a file: `accept` or `refuse` it. */
  offer: [file: IncomingFile, about: AboutPeer];
}

/** What one peer has to do with files here. */
interface Guest {
  mailbox: Mailbox;
  incoming: Map<string, IncomingFile>;
  over: Map<string, FileMessage>;
}

/** Files to and from everybody in the room. Make it with `openFiles`. */
export class Files {
  readonly #session: Session;
  readonly #settings: FilesSettings;
  readonly #storage: FileStorage;
  readonly #events: Emitter<FilesEvents>;
  readonly #sendings = new Map<string, Sending>();
  readonly #guests = new Map<Peer, Guest>();
  readonly #undo: (() => void)[];
  #state: "open" | "closed" = "open";

  /** @internal */
  constructor(session: Session, settings: FilesSettings, storage: FileStorage) {
    this.#session = session;
    this.#settings = settings;
    this.#storage = storage;
    this.#events = new Emitter({ onListenerError: session.browser.reportError });
    this.#undo = [
      session.events.tap((...[name]) => {
        if (name === "stateChanged") this.#look();
      }),
      session.topics.on("file", (data, peer) => this.#receive(data, peer)),
    ];
    this.#look();
  }

  /** Whether it was closed, or the room was left. */
  get closed(): boolean {
    return this.#state === "closed";
  }

  /** Adds a listener and returns what removes it. Offers that came before the first one are delivered to it. */
  on<Name extends keyof FilesEvents>(
    name: Name,
    listener: (...args: FilesEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Offers a file, and sends it to whoever accepts it. It goes on through lost and rebuilt connections from the byte where
   * it stopped. `done` tells what became of it: `nobody-here`, `file-refused`, `file-cancelled`, `file-lost`,
   * `file-unreadable`, `storage-failed` (theirs), `file-damaged`, `bad-message`, `closed` or `forbidden`.
   *
   * Throws a `TypeError` if it is no File or Blob.
   */
  sendFile(file: Blob, { to, lateJoiners = false, name, signal }: SendFileOptions = {}): Sending {
    if (!(file instanceof Blob)) throw new TypeError("sendFile(file): expected a File or a Blob");
    const own = "name" in file && typeof file.name === "string" ? file.name : "";
    const { randomId, reportError } = this.#session.browser;
    const offer: MessageOf<"offer"> = {
      type: "offer",
      id: randomId(),
      name: plainName(name ?? own),
      size: file.size,
      mime: plainType(file.type),
    };
    const stop = () => sending.cancel(signal?.reason);
    const sending: Sending = new Sending({
      offer,
      source: new Source(file),
      lateJoiners: lateJoiners && to === undefined,
      reportError,
      say: (peer, message) => this.#guests.get(peer)?.mailbox.say(message),
      onOver: () => {
        this.#sendings.delete(offer.id);
        signal?.removeEventListener("abort", stop);
      },
    });
    const problem = this.#problem();
    if (problem) sending.fail(problem);
    else this.#offer(sending, to, lateJoiners);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    return sending;
  }

  /** Cancels everything that is on its way. A second call does nothing. */
  close(): void {
    if (this.#state === "closed") return;
    for (const sending of [...this.#sendings.values()]) sending.cancel();
    for (const { incoming } of this.#guests.values()) {
      for (const file of [...incoming.values()]) file.cancel();
    }
    this.#end();
    for (const { mailbox } of this.#guests.values()) mailbox.finish();
  }

  #offer(sending: Sending, to: string | undefined, lateJoiners: boolean): void {
    this.#look();
    this.#sendings.set(sending.id, sending);
    const peers = [...this.#guests.keys()].filter(({ info }) => to === undefined || info.id === to);
    for (const peer of peers) sending.offerTo(peer);
    if (peers.length > 0 || (lateJoiners && to === undefined)) return;
    const problem =
      to === undefined ? "Nobody else is in the room yet." : "Nobody with that id is in the room.";
    sending.fail(new CignalError("nobody-here", problem, { retryable: true }));
  }

  #problem(): CignalError | undefined {
    if (this.#state === "closed") return closed();
    if (!this.#session.room.me.inspector) return undefined;
    return new CignalError("forbidden", "An inspector only watches, and takes part in nothing.");
  }

  #look(): void {
    const { room, closed: left } = this.#session;
    if (this.#state === "closed") return;
    if (left) return this.#leave();
    if (room.me.inspector) return;
    const peers = room.peers.filter(({ info }) => !info.inspector);
    for (const peer of [...this.#guests.keys()]) if (!peers.includes(peer)) this.#dismiss(peer);
    for (const peer of peers) {
      if (this.#guests.has(peer)) continue;
      this.#guests.set(peer, {
        mailbox: new Mailbox(peer),
        incoming: new Map(),
        over: new Map(),
      });
      for (const sending of this.#sendings.values()) sending.onJoined(peer);
    }
    for (const sending of this.#sendings.values()) sending.look();
    for (const { incoming } of this.#guests.values()) {
      for (const file of incoming.values()) file.look();
    }
  }

  /** They have left the room. */
  #dismiss(peer: Peer): void {
    const guest = this.#guests.get(peer);
    this.#guests.delete(peer);
    guest?.mailbox.close();
    const error = gone(peer.info.name);
    for (const sending of [...this.#sendings.values()]) sending.of(peer)?.fail(error);
    for (const file of [...(guest?.incoming.values() ?? [])]) file.fail(error);
  }

  #receive(data: unknown, { id }: PeerInfo): void {
    this.#look();
    const message = readMessage(data);
    const [peer, guest] = [...this.#guests].find(([{ info }]) => info.id === id) ?? [];
    if (!message || !peer || !guest) return;
    const file = guest.incoming.get(message.id);
    switch (message.type) {
      case "offer":
        return file ? undefined : this.#onOffer(message, peer, guest);
      case "done":
        return file?.receive(message);
      case "end":
        if (file) return file.receive(message);
    }
    const transfer = this.#sendings.get(message.id)?.of(peer);
    if (transfer) return transfer.receive(message);
    // They go on with what this page has sent before it was reloaded.
    if (message.type === "accept") {
      guest.mailbox.say({ type: "end", id: message.id, reason: "unknown" });
    }
  }

  #onOffer(offer: MessageOf<"offer">, peer: Peer, guest: Guest): void {
    const { mailbox, incoming, over } = guest;
    const said = over.get(offer.id);
    if (said) return mailbox.say(said);
    const file = new IncomingFile({
      peer,
      offer,
      storage: this.#storage,
      storageId: this.#session.browser.randomId(),
      reportError: this.#session.browser.reportError,
      say: (message) => mailbox.say(message),
      onEnd: (answer) => {
        incoming.delete(offer.id);
        over.set(offer.id, answer);
        const [oldest] = over.keys();
        if (over.size > OVER_AT_MOST && oldest) over.delete(oldest);
      },
    });
    if (incoming.size >= OFFERS_AT_MOST) return file.refuse("Too many files at once.");
    if (offer.size > this.#settings.maxBytes) return file.refuse("The file is too large.");
    incoming.set(offer.id, file);
    this.#events.emit("offer", file, { peer: peer.info });
  }

  /** The room was left: nothing can be said any more. */
  #leave(): void {
    for (const sending of [...this.#sendings.values()]) sending.fail(closed());
    for (const peer of [...this.#guests.keys()]) this.#dismiss(peer);
    this.#end();
  }

  #end(): void {
    this.#state = "closed";
    for (const undo of this.#undo) undo();
    this.#settings.onClose();
  }
}

const closed = () => new CignalError("closed", "Files were closed, or the room was left.");
