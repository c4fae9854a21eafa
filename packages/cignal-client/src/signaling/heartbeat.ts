/** How often to ask, and how long to wait for the answer: calmly, and when something makes us doubt (K1). */
const EVERY_MS = 10_000;
const CALM_MS = 5_000;
const DOUBTFUL_MS = 2_000;

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
  /** Which run this is: answers of an earlier one mean nothing. */
  #run = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#ask(CALM_MS), EVERY_MS);
  }

  stop(): void {
    this.#run++;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Asks at once and waits less. */
  doubt(): void {
    if (this.#timer === undefined) return;
    this.stop();
    this.#ask(DOUBTFUL_MS);
  }

  #ask(timeoutMs: number): void {
    const run = this.#run;
    // Stands for the question, so that a doubt can replace it by a more urgent one.
    this.#timer = setTimeout(() => {}, timeoutMs);
    void this.#options.ask(timeoutMs).then((answered) => {
      if (run !== this.#run) return;
      if (answered) this.start();
      else this.#options.onDead();
    });
  }
}
