import { debug } from "../browser/debug.js";
import { CignalError, notLoaded, type Outcome } from "../errors.js";
import type { DeviceMemory } from "../media/device-memory.js";
import type { AttachOptions } from "./attachment.js";
import type { Playback, PlaybackOptions } from "./playback.js";
import type { PlaybackProblem } from "./speaker.js";

interface OnDemandOptions extends Omit<PlaybackOptions, "log" | "recalledSpeaker"> {
  memory: DeviceMemory;
  /** Runs what a method promised, and reports its error. */
  attempt: (run: () => Promise<void>) => Promise<Outcome>;
}

/** What plays on the page, loaded once something is to play. */
export class OnDemandPlayback {
  readonly #options: OnDemandOptions;
  #loading: Promise<Playback> | undefined;
  #loaded: Playback | undefined;
  #speakerIds: readonly string[] | undefined;
  #state: "open" | "over" = "open";

  constructor(options: OnDemandOptions) {
    this.#options = options;
  }

  attach(element: HTMLMediaElement, what?: AttachOptions): () => void {
    if (typeof element?.play !== "function") {
      throw new TypeError("attach(element): expected a <video> or <audio> element");
    }
    let detach = () => {};
    let state: "attached" | "detached" = "attached";
    void this.#options.attempt(async () => {
      const playback = this.#loaded ?? (await this.#load());
      if (state === "attached" && this.#state === "open") detach = playback.attach(element, what);
    });
    return () => {
      state = "detached";
      detach();
    };
  }

  /** Within a click: what is loaded plays in the same task. */
  resume(): Promise<Outcome> {
    return this.#attempt(async () => (this.#loaded ?? (await this.#loading))?.resume());
  }

  setSpeaker(deviceId: string): Promise<Outcome> {
    return this.#attempt(async () => {
      const problem = await (await this.#load()).setSpeaker(deviceId);
      if (!problem) this.#options.memory.remember("speaker", deviceId);
      return problem;
    });
  }

  /** The ids of the output devices that there are now. */
  onDevices(speakerIds: readonly string[]): void {
    this.#speakerIds = speakerIds;
    this.#loaded?.onDevices(speakerIds);
  }

  /** Somebody has come or gone, or sends something else. */
  update(): void {
    this.#loaded?.update();
  }

  /** Detaches everything, also what still waits to be attached. */
  end(): void {
    this.#state = "over";
    this.#loaded?.end();
  }

  #attempt(run: () => Promise<PlaybackProblem | undefined>): Promise<Outcome> {
    return this.#options.attempt(async () => {
      const problem = await run();
      if (problem) throw new CignalError(problem.code, problem.message, problem);
    });
  }

  #load(): Promise<Playback> {
    this.#loading ??= import("./playback.js").then(
      ({ Playback }) => {
        const recalledSpeaker = this.#options.memory.recall("speaker");
        const log = debug("playback");
        this.#loaded = new Playback({ ...this.#options, recalledSpeaker, log });
        if (this.#speakerIds) this.#loaded.onDevices(this.#speakerIds);
        return this.#loaded;
      },
      (cause) => {
        this.#loading = undefined;
        throw notLoaded(cause);
      },
    );
    return this.#loading;
  }
}
