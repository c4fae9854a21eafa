/** How long it must be free again before that is told, in milliseconds: encoders try now and then. */
const FREE_MS = 3_000;

/** When this computer is too slow to encode, and when that is over. */
export class CpuWatch {
  #since: number | undefined;
  #seenAt = 0;

  /** Returns what is new, if anything is: that it is limited, or for how long it was. */
  see(limited: boolean, now: number): "limited" | { durationMs: number } | undefined {
    if (limited) {
      this.#seenAt = now;
      if (this.#since !== undefined) return undefined;
      this.#since = now;
      return "limited";
    }
    if (this.#since === undefined || now - this.#seenAt < FREE_MS) return undefined;
    return this.end();
  }

  /** Nothing is encoded any more. */
  end(): { durationMs: number } | undefined {
    const since = this.#since;
    this.#since = undefined;
    return since === undefined ? undefined : { durationMs: this.#seenAt - since };
  }
}
