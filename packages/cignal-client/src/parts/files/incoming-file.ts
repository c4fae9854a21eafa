import type { FileStorage } from "../../browser/file-storage.js";
import type { CignalError } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Peer } from "../../peer/peer.js";
import { createHash, type Hash } from "./hash.js";
import { Inflow } from "./inflow.js";
import { Progress } from "./progress.js";
import { checkTarget, openSink, type Sink, type Target } from "./sinks.js";
import { Supply } from "./supply.js";
import {
  brokeRules,
  cancelled,
  damaged,
  ended,
  refused,
  storageFailed,
} from "./transfer-errors.js";
import { type EndReason, type FileMessage, type MessageOf, plainName, plainType } from "./wire.js";

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
  #settle: (outcome: IncomingOutcome) => void = () => {};
  #state: IncomingState = "offered";
  #hash: Hash | undefined;
  #sink: Sink | undefined;
  #inflow: Inflow | undefined;
  #supply: Supply | undefined;
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
   * Takes it. Resolves with what became of it, as `done` does. Fails with `disk-full`, `storage-failed`, `file-damaged`,
   * `file-cancelled`, `file-lost`, `file-unreadable`, `nobody-here` or `bad-message`. Rejects with a `TypeError` if `to` is no
   * place for a file.
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
    this.#supply?.look();
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
    const { peer, say } = this.#options;
    const inflow = new Inflow({
      size: this.size,
      hash,
      sink,
      onWritten: (count) => {
        this.#progress.reach(count);
        this.#supply?.acknowledge(count);
        this.#check();
      },
      onFailed: (cause) => this.#fail("storage", storageFailed(cause)),
    });
    this.#inflow = inflow;
    this.#supply = new Supply({
      id: this.id,
      peer,
      say,
      received: () => inflow.received,
      onOpen: () => this.#to("receiving"),
      onLost: () => this.#state === "receiving" && this.#to("interrupted"),
      onData: (data) => {
        const wrong = inflow.take(data);
        if (wrong) this.#fail("rules", brokeRules(peer.info.name, wrong));
      },
    });
  }

  #check(): void {
    if (this.#inflow?.written !== this.size || this.#state === "checking") return;
    if (this.#sha256 === undefined || !this.#hash) return;
    const sha256 = this.#hash.digest();
    if (sha256 !== this.#sha256) return this.#fail("damaged", damaged());
    this.#to("checking");
    this.#supply?.end();
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
    this.#supply?.end();
    this.#inflow?.end();
    // What cannot be written cannot always be thrown away either.
    this.#sink?.abort().catch(() => {});
  }
}
