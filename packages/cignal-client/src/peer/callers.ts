import type { CignalError } from "../errors.js";

interface Caller {
  timer: ReturnType<typeof setTimeout> | undefined;
  readonly answer: (error?: CignalError) => void;
}

/** Those who wait for a call to be on. */
export class Callers {
  readonly #onTimeout: () => void;
  #waiting: Caller[] = [];

  /** `onTimeout` is to fail them. */
  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout;
  }

  /** Resolves when the call is on; rejects with a `CignalError` when it fails. */
  wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const answer = (error?: CignalError) => (error ? reject(error) : resolve());
      this.#waiting.push({ timer: setTimeout(this.#onTimeout, timeoutMs), answer });
    });
  }

  /** Everybody has so long from now on. */
  allow(timeoutMs: number): void {
    for (const caller of this.#waiting) {
      clearTimeout(caller.timer);
      caller.timer = setTimeout(this.#onTimeout, timeoutMs);
    }
  }

  succeed(): void {
    this.#answer();
  }

  fail(error: CignalError): void {
    this.#answer(error);
  }

  #answer(error?: CignalError): void {
    for (const { timer, answer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      answer(error);
    }
  }
}
