import { reconnectDelay } from "./reconnect-policy.js";

/** When to connect: at once, or after a while that grows with each attempt that failed. */
export class Attempts {
  readonly #connect: () => void;
  #failed = 0;
  /** No attempt is made before, whatever happens. */
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connect: () => void) {
    this.#connect = connect;
  }

  /** How many were made since the last success. */
  get failed(): number {
    return this.#failed;
  }

  now(): void {
    this.#in(0);
  }

  later(): void {
    this.#in(reconnectDelay(this.#failed, Math.random()));
  }

  /** The next failure is the first one. */
  reset(): void {
    this.#failed = 0;
  }

  /** Holds all attempts back for so many milliseconds. */
  hold(ms: number): void {
    this.#notBefore = Date.now() + ms;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #in(delayMs: number): void {
    this.stop();
    this.#failed++;
    const waitMs = Math.max(delayMs, this.#notBefore - Date.now());
    if (waitMs > 0) this.#timer = setTimeout(this.#connect, waitMs);
    else this.#connect();
  }
}
