import type { FileStorage } from "../../browser/file-storage.js";
import type { CignalError } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Peer } from "../../peer/peer.js";
import { createHash, type Hash } from "./hash.js";
import { Inflow } from "./inflow.js";
import { Progress } from "./progress.js";
import { checkTarget, openSink, type Sink, type Target } from "./sinks.js";
import {
  brokeRules,
  cancelled,
  damaged,
  ended,
  refused,
  storageFailed,
} from "./transfer-errors.js";
import {
  type EndReason,
  encodeWritten,
  type FileMessage,
  type MessageOf,
  plainName,
  plainType,
} from "./wire.js";

/** Where nothing comes though it was asked for, it is asked for again after this, then twice as long. */
const ASK_MS = 5_000;
const ASK_AT_MOST_MS = 40_000;

/** `checking`: all of it is there, and its hash is compared. */
export type IncomingState =
  | "offered"
  | "receiving"
  | "interrupted"
  | "checking"
  | "done"
  | "refused"
  | "cancelled"
  | "failed";

/** What became of it. `file` is `undefined` where the page has given a stream to write to. */
export type IncomingOutcome =
  | { readonly success: true; readonly file: File | undefined; readonly sha256: string }
  | { readonly success: false; readonly error: CignalError };

export interface AcceptOptions {
  /** Where it goes. Default: `"disk"`, and `"memory"` where the browser has no disk for the page. */
  to?: Target | undefined;
}

export interface IncomingEvents {
  /** More of it has come, or its state is another one; ten times a second at most. */
  progress: [];
}

export interface IncomingFileOptions {
  peer: Peer;
  offer: MessageOf<"offer">;
  storage: FileStorage;
  /** The name that the browser's own file gets. */
  storageId: string;
  reportError: (error: unknown) => void;
  say: (message: FileMessage) => void;
  /** With what is answered if it is offered again. */
  onEnd: (answer: FileMessage) => void;
}

/** A file that a peer offers. Nothing of it is sent before `accept`. */
export class IncomingFile {
  readonly id: string;
  /** Text, never a path. Show it with `textContent`. */
  readonly name: string;
  readonly size: number;
  /** As the peer says; empty if it says none. */
  readonly type: string;
  /** Never rejects. */
  readonly done: Promise<IncomingOutcome>;
  readonly #options: IncomingFileOptions;
  readonly #events: Emitter<IncomingEvents>;
  readonly #progress: Progress;
  readonly #known = new WeakSet<RTCDataChannel>();
  #settle: (outcome: IncomingOutcome) => void = () => {};
  #state: IncomingState = "offered";
  #hash: Hash | undefined;
  #sink: Sink | undefined;
  #inflow: Inflow | undefined;
  #connection: Peer["connection"] = null;
  #channel: RTCDataChannel | undefined;
  /** Counts what was asked for; the channel that brings it has the number. Higher than that of a page before a reload. */
  #attempt = Date.now();
  #askMs = ASK_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What it must come to, by the sender's word. */
  #sha256: string | undefined;

  /** @internal */
  constructor(options: IncomingFileOptions) {
    const { id, name, size, mime } = options.offer;
    this.id = id;
    this.name = plainName(name);
    this.size = size;
    this.type = plainType(mime);
    this.#options = options;
    this.#events = new Emitter({ onListenerError: options.reportError });
    this.#progress = new Progress(() => this.#events.emit("progress"));
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get state(): IncomingState {
    return this.#state;
  }

  /** So many bytes are written. */
  get bytes(): number {
    return this.#progress.bytes;
  }

  get bytesPerSecond(): number {
    return this.#progress.bytesPerSecond;
  }

  /** Adds a listener and returns what removes it. */
  on(name: "progress", listener: () => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Takes it. Resolves with what became of it, as `done` does. Fails with `storage-failed`, `file-damaged`, `file-cancelled`,
   * `file-lost`, `file-unreadable`, `nobody-here` or `bad-message`. Rejects with a `TypeError` if `to` is no place for a file.
   */
  async accept({ to }: AcceptOptions = {}): Promise<IncomingOutcome> {
    if (to !== undefined) checkTarget(to);
    if (this.#state !== "offered") return this.done;
    this.#state = "interrupted";
    try {
      this.#hash = await createHash();
      this.#sink = await this.#openSink(to);
    } catch (cause) {
      this.#fail("storage", storageFailed(cause));
      return this.done;
    }
    if (this.isOver) this.#clear();
    else this.#begin(this.#hash, this.#sink);
    return this.done;
  }

  /** Does not take it; the peer is shown the reason, 128 characters at most. */
  refuse(reason?: string): void {
    if (this.#state !== "offered") return;
    const { id } = this;
    const text = reason === undefined ? undefined : String(reason).slice(0, 128);
    const answer: FileMessage = { type: "refuse", id, ...(text !== undefined && { reason: text }) };
    this.#options.say(answer);
    this.#end("refused", refused("This side", text), answer);
  }

  /** Stops it on both sides and leaves nothing of it behind. */
  cancel(reason?: unknown): void {
    if (this.#state === "offered") return this.refuse();
    if (this.isOver) return;
    this.#say("cancelled");
    this.#end("cancelled", cancelled(reason), this.#over("cancelled"));
  }

  /** Deletes from the browser's disk what was received, once the page needs the file no more. */
  async remove(): Promise<void> {
    if (this.#state === "done") await this.#sink?.remove();
  }

  /** @internal */
  get isOver(): boolean {
    return ["done", "refused", "cancelled", "failed"].includes(this.#state);
  }

  /** @internal Something has changed: the connection may be another one, or the sender has opened a channel. */
  look(): void {
    if (!this.#inflow || this.isOver) return;
    const { connection } = this.#options.peer;
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#lose();
      if (connection) this.#ask();
    }
    for (const channel of connection?.inbound ?? []) {
      if (channel.label !== `file/${this.id}` || this.#known.has(channel)) continue;
      this.#known.add(channel);
      // What was asked for before has been asked for anew.
      if (channel.protocol === String(this.#attempt)) this.#adopt(channel);
      else channel.close();
    }
  }

  /** @internal */
  receive(message: MessageOf<"done"> | MessageOf<"end">): void {
    if (this.isOver) return;
    if (message.type === "done") {
      this.#sha256 = message.sha256;
      return this.#check();
    }
    const { reason } = message;
    const error = ended(reason, this.#options.peer.info.name);
    this.#end(reason === "cancelled" ? "cancelled" : "failed", error, this.#over("cancelled"));
  }

  /** @internal */
  fail(error: CignalError): void {
    if (!this.isOver) this.#end("failed", error, this.#over("unknown"));
  }

  async #openSink(to: Target | undefined): Promise<Sink> {
    const { storage, storageId: id } = this.#options;
    const about = { id, name: this.name, type: this.type };
    if (to !== undefined) return openSink(to, about, storage);
    return openSink("disk", about, storage).catch(() => openSink("memory", about, storage));
  }

  #begin(hash: Hash, sink: Sink): void {
    this.#inflow = new Inflow({
      size: this.size,
      hash,
      sink,
      onWritten: (count) => {
        this.#progress.reach(count);
        if (this.#channel?.readyState === "open") this.#channel.send(encodeWritten(count));
        this.#check();
      },
      onFailed: (cause) => this.#fail("storage", storageFailed(cause)),
    });
    this.#connection = this.#options.peer.connection;
    this.#ask();
    this.look();
  }

  /** Asks for what is missing, also where all is there and only the sender's word about it is missing. */
  #ask(): void {
    if (this.#state === "checking") return;
    const from = this.#inflow?.received ?? 0;
    this.#options.say({ type: "accept", id: this.id, from, attempt: ++this.#attempt });
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
    this.#to("receiving");
    channel.addEventListener("message", ({ data }) => {
      if (channel !== this.#channel || this.isOver) return;
      const wrong = this.#inflow?.take(data);
      if (wrong) this.#fail("rules", brokeRules(this.#options.peer.info.name, wrong));
    });
    channel.addEventListener("close", () => {
      if (channel !== this.#channel || this.isOver) return;
      this.#lose();
      this.#ask();
    });
  }

  #lose(): void {
    this.#channel = undefined;
    if (this.#state === "receiving") this.#to("interrupted");
  }

  #check(): void {
    if (this.#inflow?.written !== this.size || this.#state === "checking") return;
    if (this.#sha256 === undefined || !this.#hash) return;
    const sha256 = this.#hash.digest();
    if (sha256 !== this.#sha256) return this.#fail("damaged", damaged());
    this.#to("checking");
    clearTimeout(this.#timer);
    void this.#finish(sha256);
  }

  async #finish(sha256: string): Promise<void> {
    try {
      const file = await this.#sink?.finish();
      if (this.isOver) return await this.#sink?.remove();
      const answer: FileMessage = { type: "received", id: this.id, sha256 };
      this.#options.say(answer);
      this.#to("done");
      this.#settle({ success: true, file, sha256 });
      this.#options.onEnd(answer);
    } catch (cause) {
      this.#fail("storage", storageFailed(cause));
    }
  }

  #fail(reason: EndReason, error: CignalError): void {
    if (this.isOver) return;
    this.#say(reason);
    this.#end("failed", error, this.#over(reason));
  }

  #over = (reason: EndReason): FileMessage => ({ type: "end", id: this.id, reason });

  #say(reason: EndReason): void {
    this.#options.say(this.#over(reason));
  }

  #to(state: IncomingState): void {
    this.#state = state;
    if (state === "receiving") this.#progress.now();
    else this.#progress.pause();
  }

  #end(state: IncomingState, error: CignalError, answer: FileMessage): void {
    this.#to(state);
    this.#clear();
    this.#settle({ success: false, error });
    this.#options.onEnd(answer);
  }

  #clear(): void {
    clearTimeout(this.#timer);
    const channel = this.#channel;
    this.#channel = undefined;
    channel?.close();
    this.#inflow?.end();
    // What cannot be written cannot always be thrown away either.
    this.#sink?.abort().catch(() => {});
  }
}
