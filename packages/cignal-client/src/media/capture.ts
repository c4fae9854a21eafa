import type { Browser } from "../browser/browser.js";
import { CignalError } from "../errors.js";
import type { Device } from "./media-errors.js";
import type { Choice, DeviceKind } from "./source.js";

/** One kind that was asked for, and who waits for it. */
interface Request {
  readonly kind: DeviceKind;
  readonly constraints: true | MediaTrackConstraints;
  readonly resolve: (track: MediaStreamTrack) => void;
  readonly reject: (error: unknown) => void;
}

/** What the browser gave for these, or why not. */
type Answer = { requests: Request[] } & ({ stream: MediaStream } | { cause: unknown });

/** Where another device may do. */
const OF_THE_DEVICE = ["device-not-found", "device-busy", "constraints-not-met"];

/** Why a browser has no function to capture with, in the words of `explain`. */
export const missing = (browser: Browser) =>
  browser.isSecure() ? "not supported" : "insecure page";

const TRACKS = { microphone: "audio", camera: "video" } as const;

/** Asks the browser for microphone and camera: for both with one question if they are wanted in the same moment. */
export class Capture {
  readonly #browser: Browser;
  #requests: Request[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** As `get`, with the device that was chosen; if that one cannot be had, and need not be `exact`, with any. */
  async device(
    kind: DeviceKind,
    constraints: true | MediaTrackConstraints,
    { deviceId, exact }: Choice,
  ): Promise<MediaStreamTrack> {
    if (!deviceId) return this.get(kind, constraints);
    try {
      // Chromium takes no notice of `ideal` here (crbug.com/438606278).
      return await this.get(kind, { ...Object(constraints), deviceId: { exact: deviceId } });
    } catch (error) {
      const another = !exact && error instanceof CignalError && OF_THE_DEVICE.includes(error.code);
      if (another) return this.get(kind, constraints);
      throw error;
    }
  }

  /** Rejects with a `CignalError`; one and the same if both kinds fail alike. */
  get(kind: DeviceKind, constraints: true | MediaTrackConstraints): Promise<MediaStreamTrack> {
    return new Promise((resolve, reject) => {
      if (this.#requests.length === 0) queueMicrotask(() => void this.#ask());
      this.#requests.push({ kind, constraints, resolve, reject });
    });
  }

  async #ask(): Promise<void> {
    const requests = this.#requests;
    this.#requests = [];
    const together = await this.#get(requests);
    const failed = "cause" in together && this.#browser.getUserMedia() && requests.length > 1;
    // Together they failed: one of them may work, and the errors then say which does not.
    const answers = failed
      ? await Promise.all(requests.map((request) => this.#get([request])))
      : [together];
    for (const answer of oneIfAlike(answers)) await give(answer);
  }

  async #get(requests: Request[]): Promise<Answer> {
    const getUserMedia = this.#browser.getUserMedia();
    if (!getUserMedia) return { requests, cause: missing(this.#browser) };
    const constraints = Object.fromEntries(
      requests.map((request) => [TRACKS[request.kind], request.constraints]),
    );
    return getUserMedia(constraints).then(
      (stream) => ({ requests, stream }),
      (cause: unknown) => ({ requests, cause }),
    );
  }
}

const nameOf = (answer: Answer) =>
  "cause" in answer ? (answer.cause as Partial<Error> | undefined)?.name : undefined;

/** Denied twice is one denial to the person who clicked. */
function oneIfAlike(answers: Answer[]): Answer[] {
  const [first, second] = answers;
  const alike = first && second && nameOf(first) && nameOf(first) === nameOf(second);
  return alike ? [{ ...first, requests: answers.flatMap(({ requests }) => requests) }] : answers;
}

async function give(answer: Answer): Promise<void> {
  const { requests } = answer;
  if ("stream" in answer) {
    const tracks = answer.stream.getTracks();
    for (const { kind, resolve, reject } of requests) {
      const track = tracks.find((each) => each.kind === TRACKS[kind]);
      if (track) resolve(track);
      else reject(await captureError("the browser gave no track", kind));
    }
    return;
  }
  const kinds = requests.map(({ kind }) => kind).sort((one, other) => (one < other ? 1 : -1));
  const error = await captureError(answer.cause, kinds.join(" and ") as Device);
  for (const { reject } of requests) reject(error);
}

/** What a failure means. The sentences are loaded only then: few calls need them. */
export async function captureError(cause: unknown, device: Device): Promise<unknown> {
  try {
    const { explain } = await import("./media-errors.js");
    const { code, message, retryable } = explain(cause, device);
    return new CignalError(code, message, { cause, device, retryable });
  } catch (error) {
    return error;
  }
}
