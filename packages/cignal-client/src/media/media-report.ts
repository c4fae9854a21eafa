import type { Media } from "@cignal/protocol";
import { useOf } from "./local-media.js";
import type { SourceState } from "./local-source.js";

/** What changes within so many milliseconds is told at once. */
const TOGETHER_MS = 250;

const KINDS = ["microphone", "camera", "screen"] as const;

type States = { readonly [Kind in keyof Media]: SourceState };

export interface MediaReportOptions {
  /** What everybody in the room has been told; `undefined` while nobody can be. */
  told: () => Media | undefined;
  /** How the sources are. */
  states: () => States;
  tell: (media: Media) => Promise<void>;
}

/** Tells everybody in the room how this side's sources are (O9): what is news, and that seldom. */
export class MediaReport {
  readonly #options: MediaReportOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refused: string | undefined;

  constructor(options: MediaReportOptions) {
    this.#options = options;
  }

  /** Something may have changed. */
  note(): void {
    if (this.#news()) this.#timer ??= setTimeout(() => void this.#tell(), TOGETHER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #tell(): Promise<void> {
    const news = this.#news();
    // What is refused is not said again.
    await (news && this.#options.tell(news))?.catch(() => {
      this.#refused = JSON.stringify(news);
    });
    this.#timer = undefined;
    if (news) this.note();
  }

  #news(): Media | undefined {
    const told = this.#options.told();
    if (!told) return undefined;
    const states = this.#options.states();
    // What was asked for is most likely about to be there.
    const use = (kind: keyof Media) =>
      states[kind] === "starting" ? told[kind] : useOf({ state: states[kind] });
    const media = { microphone: use("microphone"), camera: use("camera"), screen: use("screen") };
    if (KINDS.every((kind) => media[kind] === told[kind])) return undefined;
    return JSON.stringify(media) === this.#refused ? undefined : media;
  }
}
