/** How long somebody must be louder before they are the one, in milliseconds: a cough is not. */
export const TAKE_OVER_MS = 600;

/** How much louder, over the last second. */
const LOUDER = 1.3;

/** Over how long loudness is averaged, in milliseconds. */
const MEMORY_MS = 400;

/** How loud somebody is, from 0 to 1, and whether they speak. */
export interface Heard {
  readonly loudness: number;
  readonly isSpeaking: boolean;
}

/** Who speaks of several: stays so until somebody else has clearly taken over, also in silence. */
export class ActiveSpeaker {
  readonly #scores = new Map<string, number>();
  #active: string | undefined;
  #challenge: { readonly id: string; readonly since: number } | undefined;
  #heardAt: number | undefined;

  get id(): string | undefined {
    return this.#active;
  }

  /** Everybody as they are at this moment, in milliseconds. Returns the id of who speaks or spoke last. */
  hear(all: ReadonlyMap<string, Heard>, now: number): string | undefined {
    const passed = now - (this.#heardAt ?? now);
    this.#heardAt = now;
    const part = 1 - Math.exp(-passed / MEMORY_MS);
    for (const id of [...this.#scores.keys()]) if (!all.has(id)) this.#scores.delete(id);
    for (const [id, { loudness, isSpeaking }] of all) {
      const score = this.#scores.get(id) ?? 0;
      this.#scores.set(id, score + ((isSpeaking ? loudness : 0) - score) * part);
    }
    if (this.#active !== undefined && !all.has(this.#active)) this.#active = undefined;
    const speaking = [...all].filter(([id, { isSpeaking }]) => isSpeaking && id !== this.#active);
    const [loudest] = speaking
      .map(([id]) => id)
      .sort((one, other) => this.#score(other) - this.#score(one));
    if (loudest === undefined) {
      this.#challenge = undefined;
    } else if (this.#active === undefined) {
      this.#active = loudest;
      this.#challenge = undefined;
    } else if (this.#score(loudest) <= this.#score(this.#active) * LOUDER) {
      this.#challenge = undefined;
    } else if (this.#challenge?.id !== loudest) {
      this.#challenge = { id: loudest, since: now };
    } else if (now - this.#challenge.since >= TAKE_OVER_MS) {
      this.#active = loudest;
      this.#challenge = undefined;
    }
    return this.#active;
  }

  #score(id: string): number {
    return this.#scores.get(id) ?? 0;
  }
}
