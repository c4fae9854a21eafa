import type { Browser } from "../browser/browser.js";
import { CignalError, type Outcome } from "../errors.js";
import { Capture } from "./capture.js";
import type { DeviceFailure } from "./device-keeper.js";
import type { DeviceList } from "./device-list.js";
import type { DeviceMemory } from "./device-memory.js";
import { Devices } from "./devices.js";
import { intend, type LocalSource, type SourceIntent, type SourceState } from "./local-source.js";
import { Screen } from "./screen.js";
import { type DeviceKind, Source, type SourceKind } from "./source.js";

/** What is sent of each kind, or `null`. */
export interface LocalTracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  screenVideo: MediaStreamTrack | null;
  screenAudio: MediaStreamTrack | null;
}

/** How a source is, as far as it concerns the other side. */
export type SourceUse = "on" | "muted" | "interrupted" | "off";

/** What this side sends, and how the sources of it are. */
export interface Outbound extends LocalTracks {
  microphone: SourceUse;
  camera: SourceUse;
  screen: SourceUse;
}

/** What the page wants of each device; one that it says nothing of is as at first. */
export type Intent = { [Kind in DeviceKind]?: SourceIntent };

export interface LocalMediaOptions {
  browser: Browser;
  /** What each kind is asked for with; a kind that is `false` or missing is not asked for at first. */
  constraints: MediaStreamConstraints;
  /** Why this side may not share a screen now, if it may not. */
  screenRefusal: () => CignalError | undefined;
  memory: DeviceMemory;
  /** What this tab wanted before its page was reloaded, an `Intent` if it is anything; else the constraints say it. */
  intent: unknown;
  /** Runs what a method promised, and reports its error. */
  attempt: (run: () => Promise<void>) => Promise<Outcome>;
  /** The first time that there is something to show. */
  onStream: (stream: MediaStream) => void;
  /** What the page wants has changed. */
  onIntent: (intent: Intent) => void;
  /** What the other side gets has changed. */
  onOutbound: (outbound: Outbound) => void;
  onState: (kind: SourceKind, state: SourceState) => void;
  onDevices: (devices: DeviceList) => void;
  onChange: () => void;
}

export const NO_TRACKS: LocalTracks = {
  audio: null,
  video: null,
  screenVideo: null,
  screenAudio: null,
};

export const NOTHING: Outbound = {
  ...NO_TRACKS,
  microphone: "off",
  camera: "off",
  screen: "off",
};

const KEYS = Object.keys(NOTHING) as (keyof Outbound)[];

/** How others see a source in this state. */
export const useOf = ({ state }: Pick<LocalSource, "state">): SourceUse => {
  if (state === "live") return "on";
  return state === "muted" || state === "interrupted" ? state : "off";
};

/** Microphone, camera and screen of this side, and the stream of what the first two capture. */
export class LocalMedia {
  readonly microphone: Source;
  readonly camera: Source;
  readonly screen: Screen;
  readonly #options: LocalMediaOptions;
  readonly #capture: Capture;
  #stream: MediaStream | null = null;
  #outbound = NOTHING;
  #started: Promise<void> | undefined;
  readonly #told: Record<SourceKind, SourceState> = {
    microphone: "off",
    camera: "off",
    screen: "off",
  };
  readonly #devices: Devices;
  #intended: string | undefined;
  /** At first both come together, and are shown so. */
  #state: "starting" | "waiting" | "shown" | "stopped" = "waiting";

  constructor(options: LocalMediaOptions) {
    this.#options = options;
    this.#capture = new Capture(options.browser);
    this.microphone = this.#source("microphone", options.constraints.audio);
    this.camera = this.#source("camera", options.constraints.video);
    const { browser, screenRefusal: refusal, attempt } = options;
    this.screen = new Screen({ browser, refusal, attempt, onChange: () => this.#update() });
    this.#devices = new Devices({
      browser: options.browser,
      sources: this,
      onDevices: options.onDevices,
      onFailure: (failure) => void options.attempt(() => Promise.reject(errorOf(failure))),
    });
  }

  /** Of what is captured now; `null` until something is, and after the end. */
  get stream(): MediaStream | null {
    return this.#stream;
  }

  get outbound(): Outbound {
    const { microphone, camera, screen } = this;
    return {
      audio: microphone.track,
      video: camera.track,
      screenVideo: screen.track,
      screenAudio: screen.audioTrack,
      microphone: useOf(microphone),
      camera: useOf(camera),
      screen: useOf(screen),
    };
  }

  /** Starts what the constraints ask for, once. What cannot be had is reported; the rest is used. Never rejects. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    // A page may have shown one of them before, as a preview.
    if (this.#state === "waiting") this.#state = "starting";
    const { microphone, camera } = intend(this.#options.intent, this.#options.constraints);
    await Promise.all([this.#startAs("microphone", microphone), this.#startAs("camera", camera)]);
    if (!this.#isStarting()) return;
    this.#state = "waiting";
    this.#update();
  }

  async #startAs(kind: DeviceKind, intent: SourceIntent): Promise<void> {
    if (intent === "muted") this[kind].mute();
    if (intent !== "off") await this[kind].start();
  }

  /** Releases the devices, also those that are still being asked for. */
  stop(): void {
    this.#state = "stopped";
    this.#devices.stop();
    this.microphone.stop();
    this.camera.stop();
    this.screen.stop();
    this.#stream = null;
  }

  #isStarting(): boolean {
    return this.#state === "starting";
  }

  #source(kind: DeviceKind, wanted: boolean | MediaTrackConstraints | undefined): Source {
    const { memory } = this.#options;
    const deviceId = Object(wanted).deviceId ? undefined : memory.recall(kind);
    return new Source({
      kind,
      // Phones open no second camera, and iOS silences the first of two microphones.
      order: "release first",
      choice: { deviceId },
      attempt: this.#options.attempt,
      capture: (choice) => this.#capture.device(kind, wanted || true, choice),
      release: (track) => track.stop(),
      onChosen: (deviceId) => memory.remember(kind, deviceId),
      onChange: () => this.#update(),
    });
  }

  #update(): void {
    const tracks = [this.microphone.track, this.camera.track].filter((track) => track !== null);
    if (tracks.length > 0) this.#stream ??= this.#options.browser.createMediaStream();
    const stream = this.#stream;
    for (const track of stream?.getTracks() ?? []) {
      if (!tracks.includes(track)) stream?.removeTrack(track);
    }
    for (const track of tracks) if (!stream?.getTracks().includes(track)) stream?.addTrack(track);
    const { outbound } = this;
    const changed = KEYS.some((key) => outbound[key] !== this.#outbound[key]);
    this.#outbound = outbound;
    if (changed) this.#options.onOutbound(outbound);
    this.#options.onChange();
    this.#tellStates();
    this.#tellIntent();
    if (!stream || this.#state !== "waiting") return;
    this.#state = "shown";
    this.#options.onStream(stream);
  }

  /** Of what the page has only begun to show, nothing is known yet. */
  #tellIntent(): void {
    if (!this.#started || this.#state === "stopped") return;
    const { microphone, camera } = this;
    const intent = { microphone: microphone.intent, camera: camera.intent };
    const text = JSON.stringify(intent);
    if (text === this.#intended) return;
    this.#intended = text;
    this.#options.onIntent(intent);
  }

  #tellStates(): void {
    for (const kind of ["microphone", "camera", "screen"] as const) {
      const { state } = this[kind];
      if (state === this.#told[kind]) continue;
      this.#told[kind] = state;
      this.#options.onState(kind, state);
      if (kind !== "screen") this.#devices.onState(kind);
    }
  }
}

const errorOf = (failure: DeviceFailure): CignalError =>
  failure instanceof CignalError
    ? failure
    : new CignalError(failure.code, failure.message, failure);
