/**
 * What the time is, in milliseconds since 1970, for measuring how long something takes: when somebody sets the clock back, it
 * stands still for a moment and goes on from there. Forward it goes with the clock, also while the computer sleeps.
 */
export class SteadyClock {
  #latest = 0;
  #behind = 0;

  now(): number {
    const now = Date.now() + this.#behind;
    if (now < this.#latest) this.#behind += this.#latest - now;
    this.#latest = Math.max(this.#latest, now);
    return this.#latest;
  }
}
