import type { CignalError, Outcome } from "../errors.js";

/**
 * How a microphone or a camera is:
 * - `off`: nothing is captured, and the device is free
 * - `starting`: the browser, or the user, was asked for it
 * - `live`: it is captured
 * - `muted`: it is captured and sends silence or black, because `mute` was called
 * - `interrupted`: the same, because the system wants it so, as during a phone call
 * - `blocked`: it could not be had; `error` says why
 * - `ended`: it was captured and has gone away by itself, as a device that was pulled out. Another device takes its place
 *   as soon as there is one
 */
export type SourceState =
  | "off"
  | "starting"
  | "live"
  | "muted"
  | "interrupted"
  | "blocked"
  | "ended";

/** A capture device of this side, or a track in its place. */
export interface LocalSource {
  readonly state: SourceState;
  /** What is captured, muted or not. */
  readonly track: MediaStreamTrack | null;
  /** Why it is `blocked`. */
  readonly error: CignalError | undefined;
  /** Captures what it did last, at first what `mediaConstraints` say. Resolves when it is there, or not wanted any more. */
  start(): Promise<Outcome>;
  /** Releases the device; its light goes out. */
  stop(): void;
  /** Sends silence or black from now on, and keeps the device. Off, it will start muted. */
  mute(): void;
  unmute(): void;
  /**
   * Captures another device from now on, an id of `listDevices`; if that cannot be had, the one before. Off, it will start
   * with it. The next page starts with it, too, unless `rememberDevices` is `false`.
   */
  switchDevice(deviceId: string): Promise<Outcome>;
  /** Sends a track of yours from now on, a canvas's or a file's, and starts if it was off. It is yours to stop. */
  use(track: MediaStreamTrack): Promise<Outcome>;
}

/** What the page wants of a source, whatever becomes of it. */
export type SourceIntent = (typeof INTENTS)[number];

const INTENTS = ["on", "muted", "off"] as const;

/** What the page wants of both devices. `kept` is what it wanted before a reload, if it is anything. */
export function intend(
  kept: unknown,
  { audio, video }: MediaStreamConstraints,
): { microphone: SourceIntent; camera: SourceIntent } {
  const intent = (kind: string, atFirst: unknown): SourceIntent =>
    INTENTS.find((each) => each === Object(kept)[kind]) ?? (atFirst ? "on" : "off");
  return { microphone: intent("microphone", audio), camera: intent("camera", video) };
}
