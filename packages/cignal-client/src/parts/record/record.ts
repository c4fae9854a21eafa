import { type RecordingBrowser, recordingBrowser } from "../../browser/recording.js";
import { CignalError } from "../../errors.js";
import type { Session } from "../../session.js";
import { mimeType } from "./mime-type.js";
import type { RecordSessionOptions } from "./options.js";
import { openPlace, type Place } from "./place.js";
import { Recording } from "./recording.js";
import { isEmpty, type Scene } from "./scene.js";
import { pictureSize } from "./size.js";
import { Stage } from "./stage.js";

interface Subject {
  session: Session;
  options: RecordSessionOptions;
  /** Of what a picture without a size of its own is. */
  defaultSize?: { width: number; height: number };
  scene: () => Scene;
  /** Why there is nothing to record now. */
  nothing: string;
  /** Whether that is over. */
  isOver: () => boolean;
}

/** How long the browser may take to show the first picture, or to begin with sound where it may wait for a click. */
const PATIENCE_MS = 2_000;

/** How long it may take to begin with sound where it does not, as Firefox takes a second on a busy machine. */
const SOUND_MS = 5_000;

/** Begins to record. Rejects with a `CignalError`. */
export async function record(
  subject: Subject,
  browser: RecordingBrowser = recordingBrowser,
): Promise<Recording> {
  const { session, options, scene, nothing } = subject;
  if (isEmpty(scene())) {
    throw new CignalError("nothing-to-record", nothing, { retryable: true });
  }
  const type = mimeType(browser.recorder(), options.type);
  const context = await runningContext(browser);
  let recording: Recording | undefined;
  let place: Place | undefined;
  try {
    place = await openPlace(browser, {
      to: options.to ?? "memory",
      extension: type.startsWith("video/mp4") ? "mp4" : "webm",
      id: session.browser.randomId(),
      onTrouble: (error) => recording?.fail(error),
    });
    recording = await begin(subject, { browser, context, place, type });
  } catch (error) {
    void context.close();
    await place?.abandon();
    await place?.remove();
    throw error instanceof CignalError ? error : cannotRecord(error);
  }
  return recording;
}

interface Tools {
  browser: RecordingBrowser;
  context: AudioContext;
  place: Place;
  type: string;
}

async function begin(
  { session, options, defaultSize, scene, isOver }: Subject,
  { browser, context, place, type }: Tools,
): Promise<Recording> {
  const size = await pictureSize(browser, options, scene, defaultSize, PATIENCE_MS);
  const { frameRate = 25, names = false } = options;
  const stage = new Stage({ browser, context, ...size, frameRate, names, scene });
  const endIfOver = () => {
    if (session.closed || isOver()) void recording.stop();
  };
  let untap = () => {};
  let recording: Recording;
  try {
    const recorder = browser.recorder()?.create(stage.stream, {
      mimeType: type,
      audioBitsPerSecond: options.audioBitsPerSecond ?? 96_000,
      videoBitsPerSecond:
        options.videoBitsPerSecond ?? Math.round(size.width * size.height * frameRate * 0.1),
    });
    if (!recorder) throw cannotRecord();
    recording = new Recording({
      subject: stage,
      recorder,
      place,
      finish: () => import("./finish.js"),
      onListenerError: session.browser.reportError,
      onEnd: () => untap(),
    });
  } catch (error) {
    stage.close();
    throw error;
  }
  untap = session.events.tap(endIfOver);
  endIfOver();
  return recording;
}

async function runningContext(browser: RecordingBrowser): Promise<AudioContext> {
  const context = browser.createAudioContext();
  // In a page without a call and without a click it waits for one, in Safari also if there was one before.
  const isInGesture = browser.isInGesture();
  const patienceMs = isInGesture ? SOUND_MS : PATIENCE_MS;
  const patience = new Promise((resolve) => setTimeout(resolve, patienceMs));
  await Promise.race([context.resume(), patience]);
  if (context.state === "running") return context;
  void context.close();
  if (isInGesture) throw noSound();
  throw new CignalError("click-needed", "Begin to record in a click handler.", {
    retryable: true,
  });
}

/** Firefox waits for a sound output. */
const noSound = () =>
  new CignalError(
    "recording-failed",
    "The browser does not begin with sound. Connect headphones or a loudspeaker, then try again.",
    { retryable: true },
  );

const cannotRecord = (cause?: unknown) =>
  new CignalError("recording-failed", "The browser cannot record now; see cause.", { cause });
