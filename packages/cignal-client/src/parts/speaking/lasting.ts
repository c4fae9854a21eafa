/** Something that counts only once it has lasted for a while, and until it has been over for a while; in milliseconds. */
export class Lasting {
  readonly #afterMs: number;
  readonly #untilMs: number;
  #isSo = false;
  #since: number | undefined;

  constructor(afterMs: number, untilMs: number) {
    this.#afterMs = afterMs;
    this.#untilMs = untilMs;
  }

  /** Returns what is new, if anything is. */
  see(seems: boolean, now: number): boolean | undefined {
    if (seems === this.#isSo) this.#since = undefined;
    else this.#since ??= now;
    if (this.#since === undefined) return undefined;
    if (now - this.#since < (seems ? this.#afterMs : this.#untilMs)) return undefined;
    return this.#become(seems);
  }

  /** It cannot be any more. */
  end(): false | undefined {
    this.#since = undefined;
    return this.#isSo ? this.#become(false) : undefined;
  }

  #become<IsSo extends boolean>(isSo: IsSo): IsSo {
    this.#isSo = isSo;
    this.#since = undefined;
    return isSo;
  }
}
