/** Nothing came for so long: pictures stand still, or sound has a gap. In milliseconds. */
export const STALL_MS = 900;

/** How long what has just been switched on may take to come. */
const GRACE_MS = 1_000;

export interface Observation {
  /** In milliseconds. */
  readonly now: number;
  /** Whether it is sent, and has come before. */
  readonly expected: boolean;
  /** Whether any has come since the last observation. */
  readonly came: boolean;
  /** Whether nobody sees it: the browser may leave it out. */
  readonly unseen: boolean;
}

/** `recovered`: it came again; else it is not expected any more. */
export type StallChange =
  | { readonly type: "begun"; readonly since: number }
  | {
      readonly type: "ended";
      readonly since: number;
      readonly durationMs: number;
      readonly recovered: boolean;
    };

/** Tells when something that should come does not, and when that is over: each beginning has one end. */
export class Stall {
  /** When something came last, or could first have come. */
  #aliveAt: number | undefined;
  #observedAt = 0;
  #since: number | undefined;
  readonly #sleptMs: number;

  /** Whoever has not looked for `sleptMs` does not know why nothing came. */
  constructor(sleptMs: number) {
    this.#sleptMs = sleptMs;
  }

  /** Since when nothing comes, while that is so. */
  get since(): number | undefined {
    return this.#since;
  }

  get isOn(): boolean {
    return this.#since !== undefined;
  }

  observe({ now, expected, came, unseen }: Observation): StallChange | undefined {
    const slept = now - this.#observedAt > this.#sleptMs;
    this.#observedAt = now;
    if (!expected) return this.end(now);
    if (came) {
      this.#aliveAt = now;
      return this.#over(now, true);
    }
    if (this.isOn) return undefined;
    this.#aliveAt ??= now + GRACE_MS;
    if (slept || unseen) this.#aliveAt = Math.max(now, this.#aliveAt);
    if (now - this.#aliveAt < STALL_MS) return undefined;
    this.#since = this.#aliveAt;
    return { type: "begun", since: this.#since };
  }

  /** It is not expected any more. */
  end(now: number): StallChange | undefined {
    this.#aliveAt = undefined;
    return this.#over(now, false);
  }

  #over(now: number, recovered: boolean): StallChange | undefined {
    const since = this.#since;
    this.#since = undefined;
    return since === undefined
      ? undefined
      : { type: "ended", since, durationMs: now - since, recovered };
  }
}
