/** How often to ask, and how long to wait for the answer (K1). */
const EVERY_MS = 10_000;
const CALM_MS = 5_000;

/** How long to wait when something makes us doubt: four times what an answer has taken, but not less or more. */
const DOUBTFUL_MS = [300, 2_000] as const;

export interface HeartbeatOptions {
  /** Asks the other end; false if no answer came in time. */
  ask: (timeoutMs: number) => Promise<boolean>;
  /** There was no answer. */
  onDead: () => void;
}

/**
 * Finds out whether the other end of a socket is still there. A lost link or a new address does not close a WebSocket,
 * and Socket.IO's own ping takes 36 s to notice that a server hangs.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The question that waits for its answer. */
  #asking: { until: number } | undefined;
  /** Which run this is: answers of an earlier one mean nothing. */
  #run = 0;
  /** How long the last answer took. */
  #tookMs: number = DOUBTFUL_MS[0];

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ask(CALM_MS);
    }, EVERY_MS);
  }

  stop(): void {
    this.#run++;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asking = undefined;
  }

  /** Asks at once and waits less, though not less than this, in milliseconds. */
  doubt(atLeast: number = DOUBTFUL_MS[0]): void {
    if (!this.#timer && !this.#asking) return;
    const waitMs = Math.max(Math.min(4 * this.#tookMs, DOUBTFUL_MS[1]), atLeast);
    if (this.#asking && this.#asking.until <= Date.now() + waitMs) return;
    this.stop();
    this.#ask(waitMs);
  }

  #ask(timeoutMs: number): void {
    const run = this.#run;
    const askedAt = Date.now();
    this.#asking = { until: askedAt + timeoutMs };
    void this.#options.ask(timeoutMs).then((answered) => {
      if (run !== this.#run) return;
      this.#tookMs = Date.now() - askedAt;
      if (answered) this.start();
      else this.#options.onDead();
    });
  }
}
