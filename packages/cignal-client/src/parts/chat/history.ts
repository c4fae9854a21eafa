import type { ChatMessage, Told } from "./wire.js";

/** How long somebody who was asked has to answer, in milliseconds. */
const ANSWER_MS = 4_000;

/** How long a message may be as JSON, beside what is around the lines (PROTOCOL.md M1). */
const BATCH_CHARACTERS = 60_000;

/** How many lines one message holds (PROTOCOL.md T3). */
const BATCH_LINES = 256;

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
  readonly #answering = new Set<string>();
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
    this.#options.tell(peerId, { type: "ask" }).catch(() => this.gone(peerId));
  }

  /** Somebody who has gone tells nothing more. */
  gone(peerId: string): void {
    if (this.#current?.peerId === peerId) this.ask();
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

  /** Tells who asks; who asks again meanwhile has to wait for it. */
  async answer(peerId: string, lines: readonly Told[]): Promise<void> {
    if (this.#answering.has(peerId)) return;
    this.#answering.add(peerId);
    try {
      const batches = inBatches(lines);
      for (const [index, batch] of batches.entries()) {
        const more = index < batches.length - 1;
        await this.#options.tell(peerId, { type: "history", lines: batch, more });
      }
    } catch {
      // They have gone, or ask again when they are back.
    } finally {
      this.#answering.delete(peerId);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
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
