import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import { CignalError } from "../errors.js";
import type { Device } from "./media-errors.js";

const log = debug("media");

/** What this side sends: a track for each kind, or `null`. */
export interface LocalTracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
}

export interface LocalMediaOptions {
  browser: Browser;
  constraints: MediaStreamConstraints;
  onStream: (stream: MediaStream) => void;
  onError: (error: CignalError) => void;
}

const wanted = (constraint: boolean | MediaTrackConstraints | undefined) =>
  constraint !== undefined && constraint !== false;

type Failure = [cause: unknown, device: Device];

/** Denied twice is one denial to the person who clicked. */
function oneIfAlike([first, second]: Failure[]): Failure[] {
  if (!first || !second) return first ? [first] : [];
  return nameOf(first[0]) === nameOf(second[0])
    ? [[first[0], "microphone and camera"]]
    : [first, second];
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : "");

/** Microphone and camera of this side. What cannot be had is reported; the rest is used. */
export class LocalMedia {
  readonly #options: LocalMediaOptions;
  #stream: MediaStream | null = null;
  #state: "idle" | "started" | "stopped" = "idle";

  constructor(options: LocalMediaOptions) {
    this.#options = options;
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  get tracks(): LocalTracks {
    return {
      audio: this.#stream?.getAudioTracks()[0] ?? null,
      video: this.#stream?.getVideoTracks()[0] ?? null,
    };
  }

  /** Asks for the devices once. Never rejects. */
  async start(): Promise<void> {
    if (this.#state !== "idle") return;
    this.#state = "started";
    const stream = await this.#acquire();
    if (!stream) return;
    log("got %d tracks", stream.getTracks().length);
    this.#stream = stream;
    if (this.#isStopped()) this.stop();
    else this.#options.onStream(stream);
  }

  /** Releases the devices, also those that are still being asked for. */
  stop(): void {
    this.#state = "stopped";
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  #isStopped(): boolean {
    return this.#state === "stopped";
  }

  async #acquire(): Promise<MediaStream | null> {
    const { constraints, browser } = this.#options;
    const audio = wanted(constraints.audio);
    const video = wanted(constraints.video);
    if (!audio && !video) return null;
    const both = audio && video;
    const device = both ? "microphone and camera" : audio ? "microphone" : "camera";
    const getUserMedia = browser.getUserMedia();
    if (!getUserMedia) return this.#fail([["insecure page", device]]);
    try {
      return await getUserMedia(constraints);
    } catch (error) {
      if (both && !this.#isStopped()) return this.#acquireEach(getUserMedia);
      return this.#fail([[error, device]]);
    }
  }

  /** Together they failed: one of them may work, and the errors then say which does not. */
  async #acquireEach(
    getUserMedia: (constraints: MediaStreamConstraints) => Promise<MediaStream>,
  ): Promise<MediaStream | null> {
    const { audio, video } = this.#options.constraints;
    const failures: Failure[] = [];
    const get = (constraints: MediaStreamConstraints, device: Device) =>
      getUserMedia(constraints).catch((error: unknown) => {
        failures.push([error, device]);
        return null;
      });
    const [first, second] = await Promise.all([
      get({ audio: audio ?? false }, "microphone"),
      get({ video: video ?? false }, "camera"),
    ]);
    await this.#fail(oneIfAlike(failures));
    for (const track of second?.getTracks() ?? []) first?.addTrack(track);
    return first ?? second;
  }

  /** Reports what failed. The sentences are loaded only then: few calls need them. */
  async #fail(failures: Failure[]): Promise<null> {
    if (failures.length === 0) return null;
    const { explain } = await import("./media-errors.js");
    if (this.#isStopped()) return null;
    for (const [cause, device] of failures) {
      const { code, message, retryable } = explain(cause, device);
      this.#options.onError(new CignalError(code, message, { cause, device, retryable }));
    }
    return null;
  }
}
