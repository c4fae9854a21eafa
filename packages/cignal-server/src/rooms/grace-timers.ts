/** One timer for each member that is away, and none for anybody else. Named by the lost connection. */
export class GraceTimers {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #gracePeriodMs: number;

  constructor(gracePeriodMs: number) {
    this.#gracePeriodMs = gracePeriodMs;
  }

  start(lost: string, expired: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(lost);
      expired();
    }, this.#gracePeriodMs);
    // A process that has nothing else to do need not wait for peers who cannot come back.
    timer.unref();
    this.#timers.set(lost, timer);
  }

  stop(lost: string): void {
    clearTimeout(this.#timers.get(lost));
    this.#timers.delete(lost);
  }
}
