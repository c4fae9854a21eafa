import type { CaptureLimits, SendLimits } from "./plan.js";
import type { OwnCamera } from "./situation.js";

/** What is limited: a camera of this side, or a track of the page's own. */
interface Source {
  readonly track: MediaStreamTrack | null;
  /** `undefined` with a track of the page's own. */
  readonly intent: string | undefined;
}

/** What the app asked of a track, and the picture that it got. */
interface Original {
  readonly asked: MediaTrackConstraints;
  readonly given: OwnCamera;
}

/** Also for who limits a track next: it may still be smaller then, as changing it takes a moment. */
const originals = new WeakMap<MediaStreamTrack, Original>();

/** How long a camera may take to change, in milliseconds: some browsers tell its new size with the next picture. */
const SETTLE_MS = 1_000;

/** Keeps the own camera within limits, and knows how it was without. */
export class Camera {
  readonly #source: Source;
  readonly #onRefused: () => void;
  #track: MediaStreamTrack | null = null;
  #original: Original | undefined;
  #limits: CaptureLimits = {};
  /** What was last asked of the track. */
  #applied = "";
  /** Whether this camera cannot be limited: then what is sent is. */
  #refused: MediaStreamTrack | null = null;

  /** `onRefused` hears of a camera that does not take limits; `scaling` then has them. */
  constructor(source: Source, onRefused: () => void) {
    this.#source = source;
    this.#onRefused = onRefused;
  }

  /** The picture as the app asked for it. */
  get given(): OwnCamera | undefined {
    this.#look();
    return this.#original?.given;
  }

  /** How pictures have to be sent where the camera itself cannot be limited. */
  get scaling(): SendLimits {
    this.#look();
    if (!this.#original || this.#isOurs) return {};
    const { maxWidth, maxHeight } = this.#limits;
    const { width, height } = this.#original.given;
    const scale = Math.max(1, width / (maxWidth ?? width), height / (maxHeight ?? height));
    return { scaleResolutionDownBy: scale, maxFramerate: this.#limits.maxFrameRate };
  }

  limit(limits: CaptureLimits): void {
    this.#limits = limits;
    this.#look();
    this.#apply();
  }

  /** Lets it give what the app asked for. */
  release(): void {
    this.limit({});
    this.#track = null;
  }

  /** A track of the page's own is the page's. */
  get #isOurs(): boolean {
    return this.#source.intent !== undefined && this.#track !== this.#refused;
  }

  #look(): void {
    const { track } = this.#source;
    if (track !== this.#track) {
      this.#track = track;
      this.#applied = "";
      this.#original = track ? originals.get(track) : undefined;
    }
    if (!track || originals.has(track)) return;
    // A track may know its size only with the first picture.
    const { width = 0, height = 0, frameRate = 0 } = track.getSettings();
    const given = width && height ? { width, height, frameRate: frameRate || 30 } : undefined;
    this.#original = given && { asked: track.getConstraints(), given };
  }

  #apply(): void {
    const track = this.#track;
    if (!track || !this.#original || this.#source.intent === undefined) return;
    const { asked, given } = this.#original;
    const constraints = constrain(asked, given, this.#isOurs ? this.#limits : {});
    const text = JSON.stringify(constraints);
    // A new track gives what was asked for.
    const isAsGiven = text === JSON.stringify(constrain(asked, given, {}));
    if (text === this.#applied || (isAsGiven && this.#applied === "")) return;
    this.#applied = text;
    originals.set(track, this.#original);
    const look = () => {
      if (text === this.#applied && track === this.#track && this.#isTooLarge) this.#refuse(track);
    };
    track.applyConstraints(constraints).then(
      () => setTimeout(look, SETTLE_MS),
      () => this.#refuse(track),
    );
  }

  /** Some say yes and stay as they are. A device that is turned has its sides the other way round. */
  get #isTooLarge(): boolean {
    const { width = 0, height = 0 } = this.#track?.getSettings() ?? {};
    const { maxWidth = width, maxHeight = height } = this.#limits;
    return Math.max(width, height) > Math.max(maxWidth, maxHeight);
  }

  #refuse(track: MediaStreamTrack): void {
    if (this.#refused === track) return;
    this.#refused = track;
    // What it took before would be scaled once more.
    this.#apply();
    this.#onRefused();
  }
}

/** An even number, as encoders want it. */
const even = (pixels: number) => Math.max(2, Math.floor(pixels / 2) * 2);

/** What the app asked for, with no more than this; the picture keeps the shape that it had. */
export function constrain(
  asked: MediaTrackConstraints,
  { width, height, frameRate }: OwnCamera,
  limits: CaptureLimits,
): MediaTrackConstraints {
  const { maxWidth = width, maxHeight = height, minFrameRate, maxFrameRate = frameRate } = limits;
  const share = Math.min(1, maxWidth / width, maxHeight / height);
  const rate = Math.min(frameRate, maxFrameRate);
  const sized = (pixels: number, most: number) =>
    share < 1 ? { ideal: even(pixels * share), max: most } : { ideal: pixels };
  return {
    ...asked,
    width: { ...bounds(asked.width), ...sized(width, maxWidth) },
    height: { ...bounds(asked.height), ...sized(height, maxHeight) },
    frameRate: {
      ...bounds(asked.frameRate),
      ideal: rate,
      ...(rate < frameRate && { max: rate }),
      ...(minFrameRate && minFrameRate <= rate && { min: minFrameRate }),
    },
  };
}

/** What the app insists on. */
function bounds(asked: ConstrainULong | ConstrainDouble | undefined) {
  const { min, max, exact } = Object(asked) as ConstrainDoubleRange;
  return { ...(min && { min }), ...(max && { max }), ...(exact && { exact }) };
}
