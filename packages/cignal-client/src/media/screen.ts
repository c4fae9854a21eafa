import type { Browser } from "../browser/browser.js";
import type { CignalError, Outcome } from "../errors.js";
import { captureError, missing } from "./capture.js";
import type { LocalSource, SourceState } from "./local-source.js";
import { Source } from "./source.js";

/** What to ask of getDisplayMedia, as far as it is not the default. */
export interface ScreenOptions extends DisplayMediaStreamOptions {
  /**
   * What is to stay sharp: the picture (`"detail"`, `"text"`) or the movement (`"motion"`, a film). W3C mst-content-hint,
   * section 4. Default: `"detail"`.
   */
  contentHint?: "detail" | "text" | "motion";
}

/** The screen, a window or a tab of this side, with its sound where the browser has it. */
export interface LocalScreen
  extends Pick<LocalSource, "state" | "track" | "error" | "stop" | "mute" | "unmute"> {
  /** The sound of what is shared; `null` where there is none. */
  readonly audioTrack: MediaStreamTrack | null;
  /** Asks the user what to share, and shares it. To be called by a click. Shared already, it does nothing. */
  start(options?: ScreenOptions): Promise<Outcome>;
  /** Asks the user for something else to share; what is shared goes on until then. To be called by a click. */
  switchDevice(): Promise<Outcome>;
  /** Shares tracks of yours: a film's, a canvas's. They are yours to stop. */
  use(track: MediaStreamTrack, audioTrack?: MediaStreamTrack): Promise<Outcome>;
}

export interface ScreenSurroundings {
  browser: Browser;
  /** Why this side may not share now, if it may not. */
  refusal: () => CignalError | undefined;
  /** Runs what a method promised, and reports its error. */
  attempt: (run: () => Promise<void>) => Promise<Outcome>;
  /** The tracks, the state or both have changed. */
  onChange: () => void;
}

/** Chromium: also a system's sound, and a button in its bar to choose another tab. W3C screen-capture, section 5.4. */
const DEFAULTS = { video: true, audio: true, systemAudio: "include", surfaceSwitching: "include" };

/** A screen is a source with a second track, which comes and goes with the first. */
export class Screen implements LocalScreen {
  readonly #surroundings: ScreenSurroundings;
  readonly #source: Source;
  readonly #sounds = new WeakMap<MediaStreamTrack, MediaStreamTrack>();
  #options: ScreenOptions = {};

  constructor(surroundings: ScreenSurroundings) {
    const { attempt, onChange } = surroundings;
    this.#surroundings = surroundings;
    this.#source = new Source({
      kind: "screen",
      order: "capture first",
      attempt,
      capture: () => this.#capture(),
      release: (track) => this.#release(track),
      onChange: () => {
        const { audioTrack, track } = this;
        if (audioTrack && track) audioTrack.enabled = track.enabled;
        onChange();
      },
    });
  }

  get state(): SourceState {
    return this.#source.state;
  }

  get track(): MediaStreamTrack | null {
    return this.#source.track;
  }

  get audioTrack(): MediaStreamTrack | null {
    return (this.track && this.#sounds.get(this.track)) ?? null;
  }

  get error(): CignalError | undefined {
    return this.#source.error;
  }

  start(options: ScreenOptions = {}): Promise<Outcome> {
    this.#options = options;
    return this.#source.start();
  }

  stop(): void {
    this.#source.stop();
  }

  mute(): void {
    this.#source.mute();
  }

  unmute(): void {
    this.#source.unmute();
  }

  switchDevice(): Promise<Outcome> {
    return this.#source.restart();
  }

  use(track: MediaStreamTrack, audioTrack?: MediaStreamTrack): Promise<Outcome> {
    if (audioTrack) this.#sounds.set(track, audioTrack);
    return this.#source.use(track);
  }

  /** Browsers want the click in the same breath, so nothing is awaited before they are asked. */
  async #capture(): Promise<MediaStreamTrack> {
    const { browser, refusal } = this.#surroundings;
    const refused = refusal();
    if (refused) throw refused;
    const { contentHint = "detail", ...constraints } = this.#options;
    const getDisplayMedia = browser.getDisplayMedia();
    const asked =
      getDisplayMedia?.({ ...DEFAULTS, ...constraints }) ?? Promise.reject(missing(browser));
    const stream = await asked.catch(async (cause: unknown) => {
      throw await captureError(cause, "screen");
    });
    const [track] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (!track) throw await captureError("the browser gave no track", "screen");
    track.contentHint = contentHint;
    if (sound) this.#sounds.set(track, sound);
    // Somebody else may have been faster while the user was choosing.
    const late = refusal();
    if (!late) return track;
    this.#release(track);
    throw late;
  }

  #release(track: MediaStreamTrack): void {
    track.stop();
    this.#sounds.get(track)?.stop();
  }
}
