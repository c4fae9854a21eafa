import type { PeerInfo } from "@cignal/protocol";
import type { CignalError } from "../../errors.js";
import type { Peer } from "../../peer/peer.js";
import { Outflow } from "./outflow.js";
import { Progress } from "./progress.js";
import type { Source } from "./source.js";
import { brokeRules, cancelled, damaged, ended, refused, unreadable } from "./transfer-errors.js";
import type { EndReason, FileMessage, MessageOf } from "./wire.js";

/**
 * How a file is on its way to one peer: `offered` until they answer, `interrupted` while there is no connection, `checking`
 * when all of it is there and they compare its hash.
 */
export type TransferState =
  | "offered"
  | "sending"
  | "interrupted"
  | "checking"
  | "done"
  | "refused"
  | "cancelled"
  | "failed";

/** A file on its way to one peer. */
export interface Transfer {
  readonly peer: Readonly<PeerInfo>;
  readonly state: TransferState;
  /** So many bytes are where they shall be. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
  /** Why it has ended before its time. */
  readonly error: CignalError | undefined;
}

/** So many channels without a byte more in them are nothing but trouble. */
const VAIN_AT_MOST = 64;

export interface OutgoingTransferOptions {
  peer: Peer;
  offer: MessageOf<"offer">;
  source: Source;
  say: (message: FileMessage) => void;
  onProgress: (transfer: Transfer) => void;
  onEnd: () => void;
}

export class OutgoingTransfer implements Transfer {
  readonly #options: OutgoingTransferOptions;
  readonly #progress: Progress;
  #state: TransferState = "offered";
  #error: CignalError | undefined;
  #connection: Peer["connection"];
  #outflow: Outflow | undefined;
  /** What they have asked for last, and whether a channel was opened for it. */
  #asked = { attempt: 0, from: 0 };
  #toOpen: "nothing" | "channel" = "nothing";
  /** After a connection was lost, the next one may lead to a page that was reloaded and knows of nothing. */
  #toOffer: "nothing" | "again" = "nothing";
  /** How many channels were opened since they have written more. */
  #inVain = 0;
  /** They cannot have more than this. */
  #sentTo = 0;

  constructor(options: OutgoingTransferOptions) {
    this.#options = options;
    this.#connection = options.peer.connection;
    this.#progress = new Progress(() => options.onProgress(this));
    options.say(options.offer);
  }

  get peer(): Readonly<PeerInfo> {
    return this.#options.peer.info;
  }

  get state(): TransferState {
    return this.#state;
  }

  get bytes(): number {
    return this.#progress.bytes;
  }

  get bytesPerSecond(): number {
    return this.#progress.bytesPerSecond;
  }

  get error(): CignalError | undefined {
    return this.#error;
  }

  get isOver(): boolean {
    return ["done", "refused", "cancelled", "failed"].includes(this.#state);
  }

  /** Something has changed: the connection may be another one, and its other end somebody who knows nothing. */
  look(): void {
    const { peer, offer, say } = this.#options;
    if (this.isOver || peer.connection === this.#connection) return;
    if (this.#connection) this.#toOffer = "again";
    this.#connection = peer.connection;
    this.#interrupt();
    if (this.#connection && this.#toOffer === "again") {
      this.#toOffer = "nothing";
      say(offer);
    }
    if (this.#toOpen === "channel") this.#open();
  }

  receive(message: FileMessage): void {
    if (this.isOver) return;
    const { name } = this.peer;
    switch (message.type) {
      case "accept":
        return this.#onAccept(message);
      case "refuse":
        return this.#end("refused", refused(name, message.reason));
      case "received":
        return void this.#onReceived(message.sha256);
      case "end":
        return this.#end(
          message.reason === "cancelled" ? "cancelled" : "failed",
          ended(message.reason, name),
        );
    }
  }

  cancel(cause?: unknown): void {
    if (this.isOver) return;
    this.#say("cancelled");
    this.#end("cancelled", cancelled(cause));
  }

  fail(error: CignalError): void {
    if (!this.isOver) this.#end("failed", error);
  }

  #onAccept({ from, attempt }: MessageOf<"accept">): void {
    if (attempt <= this.#asked.attempt) return;
    if (from > this.#sentTo) return this.#breakOff("it asks for what was not sent");
    this.#asked = { attempt, from };
    this.#interrupt();
    this.#open();
  }

  async #onReceived(sha256: string): Promise<void> {
    const { source } = this.#options;
    if (this.#sentTo < source.size) return this.#breakOff("it has what was not sent");
    if (sha256 !== (await source.digest().catch(() => undefined))) return this.fail(damaged());
    if (this.isOver) return;
    this.#progress.reach(source.size);
    this.#end("done");
  }

  #open(): void {
    const { offer, source } = this.#options;
    const { attempt, from } = this.#asked;
    if (from === source.size) return void this.#sayDone();
    const pc = this.#connection?.pc;
    this.#toOpen = "channel";
    // A closed one is about to be replaced.
    if (!pc || pc.signalingState === "closed") return;
    this.#toOpen = "nothing";
    if (++this.#inVain > VAIN_AT_MOST) return this.#breakOff("it asks again and again");
    const outflow = new Outflow({
      channel: pc.createDataChannel(`file/${offer.id}`, { protocol: String(attempt) }),
      source,
      from,
      onSent: (count) => {
        this.#sentTo = Math.max(this.#sentTo, count);
        if (count === source.size) void this.#sayDone();
      },
      onWritten: (count) => {
        if (count > this.bytes) this.#inVain = 0;
        this.#progress.reach(count);
        if (count === source.size) this.#to("checking");
      },
      onUnreadable: (cause) => this.#onUnreadable(cause),
      onNonsense: () => this.#breakOff("it has more than was sent"),
      onClose: () => {
        if (this.#outflow === outflow && this.#state === "sending") this.#interrupt();
      },
    });
    this.#outflow = outflow;
    this.#to("sending");
  }

  /** All of it is on its way; this is what it must come to. */
  async #sayDone(): Promise<void> {
    try {
      const { source, offer, say } = this.#options;
      const sha256 = await source.digest();
      if (!this.isOver) say({ type: "done", id: offer.id, sha256 });
    } catch (cause) {
      this.#onUnreadable(cause);
    }
  }

  #onUnreadable(cause: unknown): void {
    if (this.isOver) return;
    this.#say("unreadable");
    this.#end("failed", unreadable(cause));
  }

  #breakOff(what: string): void {
    this.#say("rules");
    this.#end("failed", brokeRules(this.peer.name, what));
  }

  /** What was not open yet carries nothing, so it is opened again without being asked for. */
  #interrupt(): void {
    const outflow = this.#outflow;
    this.#outflow = undefined;
    if (!outflow) return;
    if (!outflow.wasOpen) this.#toOpen = "channel";
    outflow.end();
    this.#to("interrupted");
  }

  #say(reason: EndReason): void {
    this.#options.say({ type: "end", id: this.#options.offer.id, reason });
  }

  #to(state: TransferState): void {
    this.#state = state;
    if (state === "sending") this.#progress.now();
    else this.#progress.pause();
  }

  #end(state: TransferState, error?: CignalError): void {
    this.#error = error;
    const outflow = this.#outflow;
    this.#outflow = undefined;
    outflow?.end();
    this.#to(state);
    this.#options.onEnd();
  }
}
