import type { Envelope, PeerMessage } from "@cignal/protocol";

const EARLY_AT_MOST = 256;
const WAITING_AT_MOST = 1_024;
const ACKNOWLEDGE_MS = 300;
const RESEND_MS = 2_000;
const RESEND_AT_MOST_MS = 16_000;
/** How much is sent again at once: enough to learn that a way is open, and what an acknowledgement asks for next. */
const RESEND_BATCH = 32;
const FORMER_AT_MOST = 32;

/** What still makes sense to somebody who has begun anew (D7). */
const OUTLIVES_A_SESSION = ["start", "cancel", "media", "information"];

type Handed = (error?: Error) => void;

export interface PeerStreamOptions {
  /** This side's end (D2). */
  session: string;
  /** Sends by the best way there is, or not at all: what is not acknowledged is sent again. */
  transmit: (envelope: Envelope, handed: Handed) => void;
  /** Takes a message, and the number up to which they had heard us when they sent it. */
  deliver: (message: PeerMessage, heard: number) => void;
  /** The other side has begun anew: whatever it knew of us is gone (D7). */
  onRestart: () => void;
}

/**
 * What two peers say to each other, once and in order, over ways that lose, repeat and reorder (PROTOCOL.md, D). It
 * knows numbers and sessions, and nothing of the ways.
 */
export class PeerStream {
  readonly #options: PeerStreamOptions;
  #recipient: string | undefined;
  /** Sessions of the other side that are over: what still comes from them is late. */
  #former: string[] = [];
  #sent = 0;
  /** What is not acknowledged; `handed` until it was called. */
  readonly #waiting = new Map<number, { message: PeerMessage; handed: Handed | undefined }>();
  #received = 0;
  readonly #early = new Map<number, Parameters<PeerStreamOptions["deliver"]> | undefined>();
  #acknowledgeTimer: ReturnType<typeof setTimeout> | undefined;
  #resendTimer: ReturnType<typeof setTimeout> | undefined;
  #resendMs = RESEND_MS;
  #transmittedAt = 0;

  constructor(options: PeerStreamOptions) {
    this.#options = options;
  }

  /** Whether more waits for acknowledgement than is good (D8). */
  get full(): boolean {
    return this.#waiting.size >= WAITING_AT_MOST;
  }

  /**
   * Sends a message that arrives once and in order.
   *
   * @param handed - called when a way took it or the other side has it, or with why it never will
   * @returns its number, by which it can be withdrawn
   */
  send(message: PeerMessage, handed: Handed = () => {}): number {
    const number = ++this.#sent;
    this.#waiting.set(number, { message, handed });
    this.#transmit(number);
    this.#scheduleResend();
    return number;
  }

  /** Sends a message that may be lost and overtakes others. */
  sendLoose(message?: PeerMessage): void {
    this.#options.transmit(this.#seal(0, message), () => {});
  }

  /** A message that has not arrived yet never will (D5). */
  withdraw(number: number): void {
    this.#waiting.delete(number);
    this.#scheduleResend();
  }

  /** Withdraws what speaks of a connection that has ended. */
  forgetConnection(id: string): void {
    for (const [number, { message }] of this.#waiting) {
      if ("connection" in message && message.connection === id) this.withdraw(number);
    }
  }

  /** A way has opened, or the one in use has become doubtful: what is not acknowledged goes out again. */
  resend(): void {
    for (const number of this.#waiting.keys()) this.#transmit(number);
  }

  receive(envelope: Envelope): void {
    const { session, recipient, number, first, received, message } = envelope;
    if (this.#former.includes(session)) return;
    if (recipient !== undefined && recipient !== this.#options.session) return this.#introduce();
    if (session !== this.#recipient) this.#begin(session);
    const heard = recipient === undefined ? 0 : received;
    this.#acknowledged(heard);
    // Long enough for an answer, and they still have not got it: the way lost it.
    if (Date.now() - this.#transmittedAt > ACKNOWLEDGE_MS) this.#resendSome();
    this.#skipTo(first);
    if (number === 0) {
      if (message) this.#options.deliver(message, heard);
      return;
    }
    const fits = number === this.#received + 1 || this.#early.size < EARLY_AT_MOST;
    if (number > this.#received && fits) {
      this.#early.set(number, message && [message, heard]);
    }
    this.#deliverNext();
    this.#acknowledgeTimer ??= setTimeout(() => this.sendLoose(), ACKNOWLEDGE_MS);
  }

  /** What has not arrived never will, because of `reason`. */
  close(reason: Error): void {
    for (const { handed } of this.#waiting.values()) handed?.(reason);
    this.#waiting.clear();
    this.#early.clear();
    this.#scheduleResend();
    clearTimeout(this.#acknowledgeTimer);
  }

  #transmit(number: number): void {
    const entry = this.#waiting.get(number);
    if (!entry) return;
    this.#transmittedAt = Date.now();
    this.#options.transmit(this.#seal(number, entry.message), (error) => {
      const { handed } = entry;
      entry.handed = undefined;
      if (error && handed) this.withdraw(number);
      handed?.(error);
    });
  }

  #seal(number: number, message: PeerMessage | undefined): Envelope {
    clearTimeout(this.#acknowledgeTimer);
    this.#acknowledgeTimer = undefined;
    const [first = this.#sent + 1] = this.#waiting.keys();
    return {
      session: this.#options.session,
      ...(this.#recipient && { recipient: this.#recipient }),
      number,
      first,
      received: this.#received,
      ...(message && { message }),
    };
  }

  /** To somebody who takes us for another one (D6). */
  #introduce(): void {
    const { recipient: _, ...envelope } = this.#seal(0, undefined);
    this.#options.transmit(envelope, () => {});
  }

  #begin(session: string): void {
    const former = this.#recipient;
    this.#recipient = session;
    this.#received = 0;
    this.#early.clear();
    if (former === undefined) return;
    this.#former = [...this.#former, former].slice(-FORMER_AT_MOST);
    for (const [number, { message }] of this.#waiting) {
      if (!OUTLIVES_A_SESSION.includes(message.type)) this.#waiting.delete(number);
    }
    this.#options.onRestart();
    this.resend();
  }

  #acknowledged(upTo: number): void {
    for (const [number, { handed }] of this.#waiting) {
      if (number > upTo) break;
      this.#waiting.delete(number);
      this.#resendMs = RESEND_MS;
      handed?.();
    }
    this.#scheduleResend();
  }

  #skipTo(first: number): void {
    if (first - 1 <= this.#received) return;
    this.#received = first - 1;
    for (const number of this.#early.keys()) if (number < first) this.#early.delete(number);
    this.#deliverNext();
  }

  #deliverNext(): void {
    while (this.#early.has(this.#received + 1)) {
      const message = this.#early.get(++this.#received);
      this.#early.delete(this.#received);
      if (message) this.#options.deliver(...message);
    }
  }

  #resendSome(): void {
    for (const number of [...this.#waiting.keys()].slice(0, RESEND_BATCH)) this.#transmit(number);
  }

  #scheduleResend(): void {
    if (this.#waiting.size === 0) {
      clearTimeout(this.#resendTimer);
      this.#resendTimer = undefined;
      return;
    }
    this.#resendTimer ??= setTimeout(() => {
      this.#resendTimer = undefined;
      this.#resendSome();
      this.#resendMs = Math.min(2 * this.#resendMs, RESEND_AT_MOST_MS);
      this.#scheduleResend();
    }, this.#resendMs);
  }
}
