import { debug } from "../browser/debug.js";
import { CignalError, type Outcome } from "../errors.js";
import type { LocalSource, SourceIntent, SourceState } from "./local-source.js";

export type DeviceKind = "microphone" | "camera";

export type SourceKind = DeviceKind | "screen";

/** What to capture: a device of the browser's choice, a certain one, or a track that is there already. */
export interface Choice {
  readonly deviceId?: string | undefined;
  /** Whether another device will not do. */
  readonly exact?: true;
  readonly track?: MediaStreamTrack;
  /** What is wished for, and has gone away. */
  readonly insteadOf?: Choice;
}

export interface SourceOptions {
  kind: SourceKind;
  /** What to capture at first. Default: a device of the browser's choice. */
  choice?: Choice;
  /** Whether what is captured is released before something else is asked for, or once that is there. */
  order: "release first" | "capture first";
  /** Asks the browser for a track. Rejects with a `CignalError`. */
  capture: (choice: Choice) => Promise<MediaStreamTrack>;
  /** Stops what `capture` gave. */
  release: (track: MediaStreamTrack) => void;
  /** Runs what a method promised, and reports its error. */
  attempt: (run: () => Promise<void>) => Promise<Outcome>;
  /** A device was chosen, and can be had or may be later. */
  onChosen?: (deviceId: string) => void;
  /** The track, the state or both have changed. */
  onChange: () => void;
}

const log = debug("media");

/**
 * Brings what is captured in line with what was last wished for, however fast wishes follow each other: one question to
 * the browser at a time, and what comes too late is released.
 */
export class Source implements LocalSource {
  readonly #options: SourceOptions;
  #state: SourceState = "off";
  #error: CignalError | undefined;
  /** The error from before it fell back. */
  #lack: CignalError | undefined;
  #track: MediaStreamTrack | null = null;
  #wanted: "on" | "off" = "off";
  #sound: "on" | "muted" = "on";
  #choice: Choice;
  /** The choice that the track stands for. */
  #served: Choice | undefined;
  #pursuit: Promise<void> | undefined;
  #unlisten = new AbortController();

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#choice = options.choice ?? {};
  }

  get state(): SourceState {
    return this.#state;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get error(): CignalError | undefined {
    return this.#error;
  }

  /** The device that was chosen, whether or not it is there. */
  get wished(): string | undefined {
    return (this.#choice.insteadOf ?? this.#choice).deviceId;
  }

  /** What the page wants of it; `undefined` with a track of the page's own. */
  get intent(): SourceIntent | undefined {
    if (this.#wanted === "off") return "off";
    return this.#choice.track ? undefined : this.#sound;
  }

  /** Whether it is on and has no device: its own has gone away, or there was none. */
  get waits(): boolean {
    if (this.#wanted === "off" || this.#choice.track) return false;
    return this.#state === "ended" || this.#error?.code === "device-not-found";
  }

  start(): Promise<Outcome> {
    const { track } = this.#choice;
    const over = "track" in this.#choice && track?.readyState !== "live";
    return this.#pursue(over ? {} : this.#choice);
  }

  stop(): void {
    this.#wanted = "off";
    this.#choice = wish(this.#choice);
    this.#release();
    this.#become("off");
  }

  mute(): void {
    this.#sound = "muted";
    this.#settle();
  }

  unmute(): void {
    this.#sound = "on";
    this.#settle();
  }

  async switchDevice(deviceId: string): Promise<Outcome> {
    const outcome = await this.#choose(deviceId);
    if (outcome.success) this.#options.onChosen?.(deviceId);
    return outcome;
  }

  /** Captures anew what was chosen last. */
  restart(): Promise<Outcome> {
    return this.#pursue({ ...this.#choice });
  }

  use(track: MediaStreamTrack): Promise<Outcome> {
    return this.#pursue({ track });
  }

  /**
   * Goes on with this device while it `waits` for one. What was chosen stays the wish. Rejects if it cannot be had, and
   * then is `blocked` if access was denied, else as before.
   */
  async fallBack(deviceId: string): Promise<void> {
    if (!this.waits) return;
    this.#lack = this.#error;
    await this.#bring({ deviceId, exact: true, insteadOf: this.#choice });
  }

  async #choose(deviceId: string): Promise<Outcome> {
    if (this.#wanted === "on") return this.#pursue({ deviceId, exact: true });
    this.#choice = { deviceId };
    return { success: true };
  }

  #pursue(choice: Choice): Promise<Outcome> {
    return this.#options.attempt(() => this.#bring(choice));
  }

  #bring(choice: Choice): Promise<void> {
    this.#choice = choice;
    this.#wanted = "on";
    if (choice !== this.#served) this.#pursuit ??= this.#fulfil();
    return this.#pursuit ?? Promise.resolve();
  }

  async #fulfil(): Promise<void> {
    let before = this.#options.order === "release first" ? this.#served : undefined;
    let failure: { error: unknown } | undefined;
    try {
      while (this.#wanted === "on" && this.#choice !== this.#served) {
        const choice = this.#choice;
        if (this.#options.order === "release first") this.#release();
        if (!this.#track) this.#become("starting");
        try {
          this.#adopt(choice, await this.#capture(choice));
          if (this.state === "ended" && this.#choice === choice) break;
        } catch (error) {
          const isWanted = this.#wanted === "on" && this.#choice === choice;
          if (!isWanted) continue;
          failure = { error };
          const back = this.#served ?? before;
          before = undefined;
          if (!this.#retreat(error, back)) break;
        }
      }
    } finally {
      // Before anybody else has a turn: who then stops and starts asks anew.
      this.#pursuit = undefined;
    }
    if (failure) throw failure.error;
  }

  async #capture(choice: Choice): Promise<MediaStreamTrack> {
    const { track } = choice;
    if (!("track" in choice)) return this.#options.capture(choice);
    const kind = this.#options.kind === "microphone" ? "audio" : "video";
    if (track?.kind === kind && track.readyState === "live") return track;
    const problem =
      track?.kind === kind
        ? "the track has ended"
        : `expected a MediaStreamTrack of kind "${kind}"`;
    throw new CignalError("bad-argument", `use(track): ${problem}.`, { field: "track" });
  }

  /**
   * Chooses what was captured before, or any device rather than insist on one. Returns whether that is to be captured now;
   * otherwise it is blocked.
   */
  #retreat(error: unknown, before: Choice | undefined): boolean {
    const failed = this.#choice;
    const { exact, insteadOf } = failed;
    const known = error instanceof CignalError ? error : undefined;
    const denied = known?.code === "permission-denied";
    this.#choice = wish(before ?? failed);
    if (before || (exact && !insteadOf && !denied)) return true;
    const asBefore = insteadOf && !denied;
    this.#error = asBefore ? this.#lack : known;
    this.#become(asBefore && !this.#lack ? "ended" : "blocked");
    return false;
  }

  #adopt(choice: Choice, track: MediaStreamTrack): void {
    if (this.#wanted === "off" || this.#choice !== choice) return this.#letGo(choice, track);
    log("%s: captures", this.#options.kind);
    this.#release();
    this.#track = track;
    this.#served = choice;
    const { signal } = this.#unlisten;
    const settle = () => this.#settle();
    track.addEventListener("mute", settle, { signal });
    track.addEventListener("unmute", settle, { signal });
    track.addEventListener("ended", () => this.#end(), { signal });
    if (track.readyState === "ended") this.#end();
    else this.#settle();
  }

  /** The state of what is captured. */
  #settle(): void {
    const track = this.#track;
    if (!track) return;
    track.enabled = this.#sound === "on";
    this.#become(this.#sound === "muted" ? "muted" : track.muted ? "interrupted" : "live");
  }

  #end(): void {
    this.#choice = wish(this.#choice);
    this.#release();
    this.#become("ended");
  }

  #release(): void {
    if (!this.#track || !this.#served) return;
    this.#unlisten.abort();
    this.#unlisten = new AbortController();
    this.#letGo(this.#served, this.#track);
    this.#track = null;
    this.#served = undefined;
  }

  /** A track of the page's own is the page's to stop. */
  #letGo(choice: Choice, track: MediaStreamTrack): void {
    if (!choice.track) this.#options.release(track);
  }

  #become(state: SourceState): void {
    if (state !== "blocked") this.#error = undefined;
    const { kind, onChange } = this.#options;
    if (state !== this.#state) log("%s: %s", kind, state);
    this.#state = state;
    onChange();
  }
}

/** What to capture the next time: the device if it is there, else another. */
function wish(choice: Choice): Choice {
  const { insteadOf, exact, deviceId } = choice;
  return insteadOf ?? (exact ? { deviceId } : choice);
}
