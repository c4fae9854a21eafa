/** How often `Silence.goesOn` is to be called, in milliseconds. */
export const CHECK_INTERVAL = 1_000;

/** How long a client may say nothing, in milliseconds (K2). */
const SILENCE_AT_MOST = 25_000;

/**
 * For how long a client was not heard of (K2). Counted by checks and not by a clock: a server that was stopped itself
 * for a while must not take everybody for lost when it goes on.
 */
export class Silence {
  #checks = 0;

  end(): void {
    this.#checks = 0;
  }

  /** @returns whether it has lasted too long */
  goesOn(): boolean {
    this.#checks++;
    return this.#checks * CHECK_INTERVAL >= SILENCE_AT_MOST;
  }
}
