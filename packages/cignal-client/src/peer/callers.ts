import { CignalError } from "../errors.js";

/** Those who wait for a call to be on. */
export class Callers {
  readonly #timeoutMs: number;
  #waiting: ((error?: CignalError) => void)[] = [];

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves when the call is on; rejects with a `CignalError` when it fails, which may be `onTimeout`'s doing. */
  wait(onTimeout: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(onTimeout, this.#timeoutMs);
      this.#waiting.push((error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  succeed(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  fail(problem: string): void {
    const error = new CignalError("connection-failed", problem, { retryable: true });
    for (const answer of this.#waiting.splice(0)) answer(error);
  }
}
