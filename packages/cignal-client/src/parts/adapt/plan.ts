import type { Quality, SentQuality } from "../../media/quality-options.js";
import type { Situation } from "./situation.js";

/** How large and how often a camera gives pictures at most. */
export interface CaptureLimits {
  /** In pixels; the picture keeps its shape. */
  readonly maxWidth?: number | undefined;
  readonly maxHeight?: number | undefined;
  /** Pictures a second. */
  readonly minFrameRate?: number | undefined;
  readonly maxFrameRate?: number | undefined;
}

/** What is sent of one kind at most. */
export interface SendLimits {
  /** Bits a second. */
  readonly maxBitrate?: number | undefined;
  /** Pictures a second. */
  readonly maxFramerate?: number | undefined;
  /** By how much the picture is made smaller in width and height: 1 or more. */
  readonly scaleResolutionDownBy?: number | undefined;
  /** Whether nothing of it is sent for now. */
  readonly paused?: boolean | undefined;
}

/** What is sent to one peer at most. */
export interface PeerLimits {
  readonly audio?: Pick<SendLimits, "maxBitrate"> | undefined;
  readonly video?: SendLimits | undefined;
  /** The shared screen. */
  readonly screen?: SendLimits | undefined;
}

/** What is to be captured and sent. What it leaves out is as the app wants it, which it never exceeds. */
export interface Plan {
  readonly capture?: CaptureLimits | undefined;
  /** By the ids of peers. */
  readonly peers?: Readonly<Record<string, PeerLimits>> | undefined;
  /** What the policy wants to know the next time. */
  readonly memory?: unknown;
}

/**
 * Decides what is captured and sent. It must depend on its arguments alone.
 *
 * @param before - what it has decided last
 */
export type Policy = (situation: Situation, before: Plan | undefined) => Plan;

const positive = (value: unknown) =>
  value === undefined || (typeof value === "number" && Number.isFinite(value) && value > 0);

/** Throws a `TypeError` that names what is wrong. */
export function checkPlan(plan: Plan): Plan {
  if (!(plan instanceof Object)) throw new TypeError("policy: expected a plan");
  const { capture = {}, peers = {} } = plan;
  for (const [name, value] of Object.entries(capture)) check(positive(value), `capture.${name}`);
  for (const [id, limits] of Object.entries(peers)) {
    for (const kind of ["audio", "video", "screen"] as const) {
      const {
        maxBitrate,
        maxFramerate,
        scaleResolutionDownBy = 1,
      }: SendLimits = limits[kind] ?? {};
      const where = `peers["${id}"].${kind}`;
      check(positive(maxBitrate), `${where}.maxBitrate`);
      check(positive(maxFramerate), `${where}.maxFramerate`);
      const isScale = Number.isFinite(scaleResolutionDownBy) && scaleResolutionDownBy >= 1;
      check(isScale, `${where}.scaleResolutionDownBy`, "1 or more");
    }
  }
  return plan;
}

function check(isRight: boolean, what: string, expected = "a number above 0"): void {
  if (!isRight) throw new TypeError(`plan.${what}: expected ${expected}`);
}

const least = (...values: (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

type Video = SentQuality["video"];

function within(wanted: Video, limits: SendLimits | undefined, also: SendLimits): Video {
  const scales = [limits?.scaleResolutionDownBy ?? 1, also.scaleResolutionDownBy ?? 1];
  const scale = Math.max(...scales);
  const maxBitrate = least(wanted?.maxBitrate, limits?.maxBitrate);
  const maxFramerate = least(wanted?.maxFramerate, limits?.maxFramerate, also.maxFramerate);
  return {
    ...wanted,
    ...(maxBitrate && { maxBitrate }),
    ...(maxFramerate && { maxFramerate }),
    ...(scale > 1 && { scaleResolutionDownBy: scale }),
    ...(limits?.paused && { active: false }),
  };
}

/** What the app wants, and no more than these limits; `camera` holds for pictures of the camera to everybody. */
export function limited(
  wanted: Quality,
  { audio, video, screen }: PeerLimits = {},
  camera: SendLimits = {},
): SentQuality {
  const maxBitrate = least(wanted.audio?.maxBitrate, audio?.maxBitrate);
  return {
    audio: { ...wanted.audio, ...(maxBitrate && { maxBitrate }) },
    video: within(wanted.video, video, camera),
    screen: within(wanted.screen, screen, {}),
  };
}
