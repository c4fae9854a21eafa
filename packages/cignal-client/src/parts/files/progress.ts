/** How often a page is told, at most; a person sees no more. */
const TELL_MS = 100;

/** Over how long the speed is measured. */
const MEASURE_MS = 500;

/** Counts bytes, and tells how fast they come. */
export class Progress {
  readonly #tell: () => void;
  #bytes = 0;
  #speed = 0;
  #measured = { at: Date.now(), bytes: 0 };
  #toldAt = 0;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Of the last half seconds. */
  get bytesPerSecond(): number {
    return this.#speed;
  }

  reach(bytes: number): void {
    this.#bytes = bytes;
    const now = Date.now();
    const ms = now - this.#measured.at;
    if (ms >= MEASURE_MS) {
      const latest = ((bytes - this.#measured.bytes) * 1_000) / ms;
      this.#speed = Math.max(0, Math.round(this.#speed ? (this.#speed + latest) / 2 : latest));
      this.#measured = { at: now, bytes };
    }
    if (now - this.#toldAt >= TELL_MS) this.now();
  }

  /** Something else than the count has changed. */
  now(): void {
    this.#toldAt = Date.now();
    this.#tell();
  }

  /** Nothing comes any more, or for the moment. */
  pause(): void {
    this.#speed = 0;
    this.#measured = { at: Date.now(), bytes: this.#bytes };
    this.now();
  }
}
