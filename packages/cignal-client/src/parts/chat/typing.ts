import type { PeerInfo } from "@cignal/protocol";
import { SteadyClock } from "../../lib/steady-clock.js";

/** How often it is said again that somebody is still typing. */
const REPEAT_MS = 3_000;

/** After how long without a word somebody types no longer. */
const EXPIRES_MS = 6_000;

export interface TypingOptions {
  tell: (typing: boolean) => void;
  onChange: (peers: readonly PeerInfo[]) => void;
}

/** Who is typing: the others, for the page, and this side, for the others. */
export class Typing {
  readonly #options: TypingOptions;
  readonly #others = new Map<string, { peer: PeerInfo; timer: ReturnType<typeof setTimeout> }>();
  readonly #clock = new SteadyClock();
  #toldAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  /** A key was pressed here. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), REPEAT_MS);
    const now = this.#clock.now();
    if (this.#toldAt !== undefined && now - this.#toldAt < REPEAT_MS) return;
    this.#toldAt = now;
    this.#options.tell(true);
  }

  /** Nothing is being typed any more, or it was sent, from which everybody knows. */
  end({ tell = true } = {}): void {
    clearTimeout(this.#timer);
    if (this.#toldAt === undefined) return;
    this.#toldAt = undefined;
    if (tell) this.#options.tell(false);
  }

  hear(peer: PeerInfo, isTyping: boolean): void {
    const known = this.#others.get(peer.id);
    clearTimeout(known?.timer);
    if (isTyping) {
      const timer = setTimeout(() => this.hear(peer, false), EXPIRES_MS);
      this.#others.set(peer.id, { peer, timer });
    } else this.#others.delete(peer.id);
    if (isTyping !== (known !== undefined)) this.#show();
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const { timer } of this.#others.values()) clearTimeout(timer);
    this.#others.clear();
  }

  #show(): void {
    this.#options.onChange([...this.#others.values()].map(({ peer }) => peer));
  }
}
