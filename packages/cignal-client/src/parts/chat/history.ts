import { SteadyClock } from "../../lib/steady-clock.js";
import type { ChatMessage, Told } from "./wire.js";

/** How long somebody who was asked has to answer, in milliseconds. */
const ANSWER_MS = 4_000;

/** How long a message may be as JSON, beside what is around the lines (PROTOCOL.md M1). */
const BATCH_CHARACTERS = 60_000;

/** How many lines one message holds (PROTOCOL.md T3). */
const BATCH_LINES = 256;

/** How long who was told has to wait to be told again, for each message that it took: what is sent takes up the line. */
const REST_MS = 1_000;

export interface HistoryOptions {
  /** Who can be asked, those first who have been here longest. */
  others: () => readonly string[];
  /** Resolves when it was taken; rejects if it could not be. */
  tell: (peerId: string, message: ChatMessage) => Promise<void>;
  /** What was said before, in its order. */
  onLines: (lines: readonly Told[]) => void;
}

/** What was said before this side came: asks one after the other until somebody has told all (PROTOCOL.md T3). */
export class History {
  readonly #options: HistoryOptions;
  readonly #asked = new Set<string>();
  readonly #clock = new SteadyClock();
  /** When those who were told may be told again; for ever while they are being told. */
  readonly #restsUntil = new Map<string, number>();
  /** Those who have asked again too soon. */
  readonly #later = new Map<string, ReturnType<typeof setTimeout>>();
  #current: { peerId: string; lines: Told[] } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Asks whoever has been here longest and was not asked yet. */
  ask(): void {
    clearTimeout(this.#timer);
    const peerId = this.#options.others().find((id) => !this.#asked.has(id));
    this.#current = peerId === undefined ? undefined : { peerId, lines: [] };
    if (peerId === undefined) return;
    this.#asked.add(peerId);
    this.#wait();
    this.#options.tell(peerId, { type: "ask" }).catch(() => this.#passOver(peerId));
  }

  /** Somebody who has gone tells nothing more. */
  gone(peerId: string): void {
    this.#restsUntil.delete(peerId);
    clearTimeout(this.#later.get(peerId));
    this.#later.delete(peerId);
    this.#passOver(peerId);
  }

  /** What came from somebody. Of who was not asked it is ignored. */
  receive(peerId: string, lines: readonly Told[], more: boolean, max: number): void {
    if (this.#current?.peerId !== peerId) return;
    this.#current.lines.push(...lines);
    const { length } = this.#current.lines;
    if (more && length < max) {
      // Nothing is no answer, however often it comes.
      if (lines.length > 0) this.#wait();
      return;
    }
    // They may have come only just before.
    if (length === 0) return this.ask();
    clearTimeout(this.#timer);
    this.#options.onLines(this.#current.lines.slice(-max));
    this.#current = undefined;
  }

  /** Tells who asks what `lines` gives. Who asks again meanwhile is told nothing, who does so soon after has to wait. */
  async answer(peerId: string, lines: () => readonly Told[]): Promise<void> {
    const restMs = (this.#restsUntil.get(peerId) ?? 0) - this.#clock.now();
    if (restMs > 0) return this.#answerLater(peerId, lines, restMs);
    this.#restsUntil.set(peerId, Number.POSITIVE_INFINITY);
    const batches = inBatches(lines());
    try {
      for (const [index, batch] of batches.entries()) {
        const more = index < batches.length - 1;
        await this.#options.tell(peerId, { type: "history", lines: batch, more });
      }
    } catch {
      // They have gone, or ask again when they are back.
    }
    if (!this.#restsUntil.has(peerId)) return;
    this.#restsUntil.set(peerId, this.#clock.now() + batches.length * REST_MS);
  }

  #passOver(peerId: string): void {
    if (this.#current?.peerId === peerId) this.ask();
  }

  #answerLater(peerId: string, lines: () => readonly Told[], afterMs: number): void {
    if (this.#later.has(peerId) || !Number.isFinite(afterMs)) return;
    const answer = () => {
      this.#later.delete(peerId);
      void this.answer(peerId, lines);
    };
    this.#later.set(peerId, setTimeout(answer, afterMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#current = undefined;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ask(), ANSWER_MS);
  }
}

/** At least one, which may be empty. What fits no message was just short enough to be said, and is left out. */
function inBatches(lines: readonly Told[]): Told[][] {
  let batch: Told[] = [];
  const batches = [batch];
  let characters = 0;
  for (const line of lines) {
    const { length } = JSON.stringify(line);
    if (length > BATCH_CHARACTERS) continue;
    if (characters + length > BATCH_CHARACTERS || batch.length === BATCH_LINES) {
      batch = [];
      batches.push(batch);
      characters = 0;
    }
    batch.push(line);
    characters += length;
  }
  return batches;
}
