import type { CignalError, Outcome } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Peer } from "../../peer/peer.js";
import { OutgoingTransfer, type Transfer } from "./outgoing-transfer.js";
import type { Source } from "./source.js";
import type { FileMessage, MessageOf } from "./wire.js";

/** What became of a file that was sent: whether everybody to whom it was offered has it, else why the first one has not. */
export type SendOutcome = Outcome & { readonly transfers: readonly Transfer[] };

export interface SendingEvents {
  /** More of it has arrived, or its state at a peer is another one; ten times a second at most for each. */
  progress: [transfer: Transfer];
}

export interface SendingOptions {
  offer: MessageOf<"offer">;
  source: Source;
  /** Whether who joins later is offered it, too. */
  lateJoiners: boolean;
  reportError: (error: unknown) => void;
  say: (peer: Peer, message: FileMessage) => void;
  onOver: () => void;
}

/** A file that is offered to one or many, and sent to whoever takes it. */
export class Sending {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  /** Resolves when it is over at everybody; where late joiners get it, too, when it is cancelled or the room is left. */
  readonly done: Promise<SendOutcome>;
  readonly #options: SendingOptions;
  readonly #events: Emitter<SendingEvents>;
  readonly #transfers = new Map<Peer, OutgoingTransfer>();
  #settle: (outcome: SendOutcome) => void = () => {};
  #state: "open" | "over" = "open";
  #holds: boolean;

  /** @internal */
  constructor(options: SendingOptions) {
    const { id, name, size, mime } = options.offer;
    this.id = id;
    this.name = name;
    this.size = size;
    this.type = mime;
    this.#options = options;
    this.#holds = options.lateJoiners;
    this.#events = new Emitter({ onListenerError: options.reportError });
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get state(): "open" | "over" {
    return this.#state;
  }

  /** One for each peer to whom it was offered. */
  get transfers(): readonly Transfer[] {
    return [...this.#transfers.values()];
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof SendingEvents>(
    name: Name,
    listener: (...args: SendingEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Ends it: at whoever does not have it yet, and for whoever would come. A second call does nothing. */
  cancel(reason?: unknown): void {
    this.#holds = false;
    for (const transfer of this.#transfers.values()) transfer.cancel(reason);
    this.#update();
  }

  /** @internal */
  offerTo(peer: Peer): void {
    const { offer, source, say } = this.#options;
    const transfer = new OutgoingTransfer({
      peer,
      offer,
      source,
      say: (message) => say(peer, message),
      onProgress: (transfer) => this.#events.emit("progress", transfer),
      onEnd: () => queueMicrotask(() => this.#update()),
    });
    this.#transfers.set(peer, transfer);
  }

  /** @internal Somebody has come. */
  onJoined(peer: Peer): void {
    if (this.#holds && this.#state === "open" && !this.#transfers.has(peer)) this.offerTo(peer);
  }

  /** @internal */
  of(peer: Peer): OutgoingTransfer | undefined {
    return this.#transfers.get(peer);
  }

  /** @internal */
  look(): void {
    for (const transfer of this.#transfers.values()) transfer.look();
  }

  /** @internal It was sent to nobody, or nothing more can be sent. */
  fail(error: CignalError): void {
    this.#holds = false;
    for (const transfer of this.#transfers.values()) transfer.fail(error);
    if (this.#transfers.size === 0) this.#end({ success: false, error });
    this.#update();
  }

  #update(): void {
    const transfers = [...this.#transfers.values()];
    if (this.#holds || !transfers.every(({ isOver }) => isOver)) return;
    const error = transfers.find((transfer) => transfer.error)?.error;
    this.#end(error ? { success: false, error } : { success: true });
  }

  #end(outcome: Outcome): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#settle({ ...outcome, transfers: this.transfers });
    this.#options.onOver();
  }
}
