import { decodePicture } from "./picture.js";
import type { Told } from "./wire.js";

/** A line of the chat. Text is text: show it with `textContent`, never as markup. */
export interface ChatLine {
  readonly id: string;
  readonly text: string;
  /** By the clock of who sent it. */
  readonly sentAt: Date;
  readonly from: { readonly id: string; readonly name: string };
  /** Whether this side sent it, perhaps before a reload. */
  readonly own: boolean;
  /** Whether it was for one peer alone. */
  readonly private: boolean;
  /** Of an own line: whether it is on its way, was sent, or could not be (`chat.resend(id)`). */
  readonly state: "sending" | "sent" | "failed" | "received";
  /** Whether somebody else passed it on, and so vouches for who sent it. */
  readonly fromHistory: boolean;
  /** A JPEG; `undefined` if there is none. */
  readonly picture: Blob | undefined;
}

interface Kept {
  line: ChatLine;
  told: Told;
  /** Whom alone an own line is for. */
  to?: string | undefined;
}

/** The newest lines, each once, whoever says it again. */
export class Lines {
  readonly #max: number;
  readonly #onChange: (lines: readonly ChatLine[]) => void;
  /** In the order in which they are shown. */
  #kept: Kept[] = [];
  #shown: readonly ChatLine[] = Object.freeze([]);

  constructor(max: number, onChange: (lines: readonly ChatLine[]) => void) {
    this.#max = max;
    this.#onChange = onChange;
  }

  /** The same object until something changes. */
  get shown(): readonly ChatLine[] {
    return this.#shown;
  }

  /** What was said to everybody and arrived, to be passed on. */
  get public(): Told[] {
    const passed = this.#kept.filter(({ line }) => !line.private && line.state !== "failed");
    return passed.map(({ told }) => told);
  }

  get(id: string): Kept | undefined {
    return this.#kept.find(({ line }) => line.own && line.id === id);
  }

  /** Returns the line, or `undefined` if it is there already. What somebody else has passed on gives way to it. */
  add(
    told: Told,
    about: Pick<ChatLine, "own" | "private" | "state">,
    to?: string,
  ): ChatLine | undefined {
    const known = this.#kept.find((kept) => same(kept.told, told));
    if (known && !known.line.fromHistory) return undefined;
    const kept = { ...keep(told, { ...about, fromHistory: false }), to };
    this.#set(
      known ? this.#kept.map((each) => (each === known ? kept : each)) : [...this.#kept, kept],
    );
    return kept.line;
  }

  /** What was said before, in its order: it stands before all that is there. */
  addBefore(history: readonly Told[], ownId: string): void {
    const anew = history.filter(
      (told, index) =>
        !this.#has(told) && history.findIndex((other) => same(other, told)) === index,
    );
    const kept = anew.map((told) => {
      const own = told.from.id === ownId;
      const state = own ? "sent" : "received";
      return keep(told, { own, private: false, state, fromHistory: true });
    });
    if (kept.length > 0) this.#set([...kept, ...this.#kept]);
  }

  setState(id: string, state: ChatLine["state"]): void {
    this.#set(
      this.#kept.map((kept) =>
        kept.line.own && kept.line.id === id
          ? { ...kept, line: Object.freeze({ ...kept.line, state }) }
          : kept,
      ),
    );
  }

  #has(told: Told): boolean {
    return this.#kept.some((kept) => same(kept.told, told));
  }

  #set(kept: Kept[]): void {
    this.#kept = kept.slice(-this.#max);
    this.#shown = Object.freeze(this.#kept.map(({ line }) => line));
    this.#onChange(this.#shown);
  }
}

/** An id is its sender's to choose, so that nobody can be silenced by one that is taken. */
const same = (one: Told, other: Told) => one.id === other.id && one.from.id === other.from.id;

function keep(
  told: Told,
  about: Pick<ChatLine, "own" | "private" | "state" | "fromHistory">,
): Kept {
  const { id, text, sentAt, from, picture } = told;
  const line = Object.freeze({
    id,
    text,
    sentAt: new Date(sentAt),
    from: Object.freeze({ ...from }),
    picture: picture ? decodePicture(picture) : undefined,
    ...about,
  });
  return { line, told };
}
