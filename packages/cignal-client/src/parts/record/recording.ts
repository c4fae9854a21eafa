import { CignalError, notLoaded } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import { Machine } from "../../lib/machine.js";
import type { Place } from "./place.js";
import { storageError } from "./storage-error.js";

/** `"finishing"`: the file is being made; `stop()` resolves when it is there. */
export type RecordingState = "recording" | "paused" | "finishing" | "stopped";

export interface RecordingEvents {
  /** Also when it ends by itself: whom it is of has left, the room was left, the disk is full. */
  stateChanged: [state: RecordingState];
}

/** What was recorded. */
export interface RecordingResult {
  /** What was recorded to memory, or what could be saved where something failed (`error`). */
  readonly blob?: Blob;
  /** What was recorded to a disk. */
  readonly file?: File;
  /** Without pauses, in milliseconds. */
  readonly durationMs: number;
  /** With codecs, such as `video/mp4;codecs=avc1.64001f,opus`. */
  readonly mimeType: string;
  readonly bytes: number;
  /** Why it ended too early, or is not what it should be; everything until then is there. */
  readonly error: CignalError | undefined;
  /** Deletes it from the browser's disk. */
  remove(): Promise<void>;
}

/** What is recorded: a stream that stays the same to the end. */
interface Subject {
  readonly stream: MediaStream;
  close(): void;
}

export interface RecordingSurroundings {
  subject: Subject;
  recorder: MediaRecorder;
  place: Place;
  /** Makes the file of what was recorded, and returns its duration in milliseconds. */
  finish: () => Promise<typeof import("./finish.js")>;
  onListenerError: (error: unknown) => void;
  /** It records no more. */
  onEnd: () => void;
}

/** How often the recorder hands out what it has, in milliseconds. */
const PIECE_MS = 1_000;

/** How long to listen for what the encoder still gives, in milliseconds, and how often at most. */
const DRAIN_MS = 100;
const DRAIN_ATTEMPTS = 30;

/** A recording that goes on. */
export class Recording {
  readonly #surroundings: RecordingSurroundings;
  readonly #events: Emitter<RecordingEvents>;
  readonly #machine = new Machine(
    {
      recording: { pause: "paused", end: "finishing" },
      paused: { resume: "recording", end: "finishing" },
      finishing: { finished: "stopped" },
      stopped: {},
    },
    "recording" as RecordingState,
    (state) => this.#events.emit("stateChanged", state),
  );
  /** Of what was recorded before the last pause, in milliseconds. */
  #before = 0;
  #since: number;
  #bytes = 0;
  #error: CignalError | undefined;
  #result: Promise<RecordingResult> | undefined;

  /** @internal */
  constructor(surroundings: RecordingSurroundings) {
    const { recorder, onListenerError } = surroundings;
    this.#surroundings = surroundings;
    this.#events = new Emitter({ onListenerError, newestOnly: ["stateChanged"] });
    this.#since = performance.now();
    recorder.ondataavailable = ({ data }) => this.#onPiece(data);
    recorder.onerror = (event) => this.fail(recorderError(event));
    // By itself it stops only where it cannot go on.
    recorder.onstop = () => void this.stop();
    recorder.start(PIECE_MS);
  }

  get state(): RecordingState {
    return this.#machine.state;
  }

  /** With codecs, such as `video/mp4;codecs=avc1.64001f,opus`. */
  get mimeType(): string {
    return this.#surroundings.recorder.mimeType;
  }

  /** Of what was recorded so far, without pauses, in milliseconds. */
  get durationMs(): number {
    const now = this.state === "recording" ? performance.now() - this.#since : 0;
    return Math.round(this.#before + now);
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof RecordingEvents>(
    name: Name,
    listener: (...args: RecordingEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Leaves out what happens until `resume()`. */
  pause(): void {
    this.#hold();
    if (this.#machine.send("pause")) this.#surroundings.recorder.pause();
  }

  resume(): void {
    if (!this.#machine.send("resume")) return;
    this.#since = performance.now();
    this.#surroundings.recorder.resume();
  }

  /** Ends the recording and resolves with it. Never rejects; a second call, or one after the end, gives the same. */
  stop(): Promise<RecordingResult> {
    this.#result ??= this.#end();
    return this.#result;
  }

  /** @internal Ends it because of this. */
  fail(error: CignalError): void {
    this.#error ??= error;
    void this.stop();
  }

  /** Keeps what the clock says. */
  #hold(): void {
    this.#before = this.durationMs;
    this.#since = performance.now();
  }

  async #end(): Promise<RecordingResult> {
    const { subject, place, onEnd } = this.#surroundings;
    this.#hold();
    this.#machine.send("end");
    onEnd();
    await this.#stopRecorder();
    subject.close();
    const result = await this.#finish(await place.scratch.collect());
    this.#machine.send("finished");
    return result;
  }

  #onPiece(piece: Blob): void {
    if (piece.size === 0) return;
    this.#bytes += piece.size;
    this.#surroundings.place.scratch.add(piece);
  }

  async #stopRecorder(): Promise<void> {
    const { recorder } = this.#surroundings;
    if (!isInactive(recorder)) await this.#drain();
    if (isInactive(recorder)) return;
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
  }

  /**
   * Lets the encoder come to the end of what waits for it. Chromium throws that away when it is told to stop: on a busy
   * machine a second of pictures, and no sound.
   */
  async #drain(): Promise<void> {
    const { recorder } = this.#surroundings;
    if (recorder.state === "recording") recorder.pause();
    let quiet = 0;
    for (let time = 0; quiet < 2 && time < DRAIN_ATTEMPTS; time++) {
      const before = this.#bytes;
      if (!isInactive(recorder)) recorder.requestData();
      await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
      quiet = this.#bytes === before ? quiet + 1 : 0;
    }
  }

  async #finish(recorded: Blob): Promise<RecordingResult> {
    const { place, finish } = this.#surroundings;
    const { mimeType } = this;
    const type = mimeType.split(";", 1)[0] ?? mimeType;
    const remove = () => place.remove();
    try {
      if (recorded.size === 0) throw nothingRecorded();
      const loaded = await finish().catch((cause: unknown) => Promise.reject(notLoaded(cause)));
      const durationMs = await loaded.finish(recorded, await place.writable());
      const { error, ...handed } = await place.hand(type);
      await place.scratch.remove();
      this.#error ??= error;
      const bytes = (handed.file ?? handed.blob)?.size ?? recorded.size;
      return { ...handed, durationMs, mimeType, bytes, error: this.#error, remove };
    } catch (cause) {
      this.#error ??= storageError(cause);
      await place.abandon();
      const blob = recorded.slice(0, recorded.size, type);
      const { durationMs } = this;
      return { blob, durationMs, mimeType, bytes: blob.size, error: this.#error, remove };
    }
  }
}

const isInactive = ({ state }: MediaRecorder) => state === "inactive";

const nothingRecorded = () =>
  new CignalError("recording-failed", "The browser has recorded nothing. Record for longer.");

function recorderError(event: Event): CignalError {
  const cause: unknown = Reflect.get(event, "error");
  return new CignalError("recording-failed", "The browser can record no more; see cause.", {
    cause,
  });
}
