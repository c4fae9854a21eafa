import type { PeerLimits, Plan, Policy, SendLimits } from "./plan.js";
import { share, usefulFor } from "./shares.js";
import type { Situation } from "./situation.js";
import { type Uplink, uplinkFor } from "./uplink.js";

export interface UplinkOptions {
  /** What all that is sent together may take, in bits a second. Default: what the network bears. */
  maxBitrate?: number | undefined;
}

interface Memory {
  /** The last measurement that was judged: one must not count twice. */
  readonly judged: number;
  readonly uplink: Uplink | undefined;
  /** By how many steps pictures are made cheaper for the processor. */
  readonly ease: number;
}

/** Of one second for all pictures, when that is too much for the processor, and when there is room for more. */
const BUSY = 0.6;
const IDLE = 0.25;

const MOST_EASE = 4;

/** With fewer bits for each pixel, large pictures look worse than small ones. */
const BITS_PER_PIXEL = 0.06;

/** By how much pictures are made smaller: a coarse scale, so that they seldom change their size. */
const SCALES = [1, 1.5, 2, 3, 4, 6, 8];

/** Larger or more pictures want this much more than they need, so that it does not go back and forth. */
const MARGIN = 1.3;

/** Pictures a second by bits a second: movement is given up before sharpness, and never so far that it is a slide show. */
const RATES = [
  { from: 250_000, rate: 30 },
  { from: 120_000, rate: 20 },
  { from: 70_000, rate: 15 },
  { from: 0, rate: 10 },
];

/**
 * Divides what the uplink really bears: sound first, then the screen, and what is left over the pictures of the camera,
 * each of which is made as large as its bits are good for. Where there is too little for a picture, it is paused. What is
 * sent falls at once and rises slowly.
 *
 * Throws a `TypeError` if an option is wrong.
 */
export function byUplink({ maxBitrate = Number.POSITIVE_INFINITY }: UplinkOptions = {}): Policy {
  if (!(maxBitrate > 0)) throw new TypeError("maxBitrate: expected bits a second");
  return (situation, before) => {
    const remembered: Partial<Memory> = Object(before?.memory);
    const { uplink: last, ease: lastEase = 0 } = remembered;
    const { peers, measurements: judged } = situation;
    const isNew = judged !== remembered.judged && peers.length > 0;
    const useful = Math.min(maxBitrate, usefulFor(situation) * peers.length);
    const limit = Number.isFinite(maxBitrate) ? { bitrate: useful, calm: 0 } : undefined;
    const known = isNew ? uplinkFor(peers, before, last, useful) : last;
    const uplink = known ?? (peers.length > 0 ? limit : undefined);
    const ease = isNew ? easeFor(situation, lastEase) : lastEase;
    const memory: Memory = { judged, uplink, ease };
    return { peers: limitsFor(situation, memory, before), memory };
  };
}

function limitsFor(
  situation: Situation,
  { uplink, ease }: Memory,
  before: Plan | undefined,
): Record<string, PeerLimits> {
  const { peers, microphone, screen, camera } = situation;
  const ids = Object.entries(before?.peers ?? {});
  const paused = new Set(ids.flatMap(([id, { video }]) => (video?.paused ? [id] : [])));
  const shares = uplink && share(situation, uplink.bitrate, paused);
  return Object.fromEntries(
    peers.map(({ id }) => {
      const given = shares?.get(id);
      const last = before?.peers?.[id]?.video;
      const limits: PeerLimits = {
        ...(microphone && given && { audio: { maxBitrate: given.audio } }),
        ...(screen === "own" && given && { screen: orPaused(given.screen) }),
        ...(camera && { video: pictures(camera, given?.video, ease, last) }),
      };
      return [id, limits];
    }),
  );
}

const orPaused = (maxBitrate: number): SendLimits =>
  maxBitrate > 0 ? { maxBitrate } : { paused: true };

function easeFor({ cpuLimited, encodeLoad }: Situation, before: number): number {
  if (cpuLimited || (encodeLoad ?? 0) > BUSY) return Math.min(MOST_EASE, before + 1);
  return encodeLoad !== undefined && encodeLoad < IDLE ? Math.max(0, before - 1) : before;
}

/** How pictures of the camera are sent for so many bits a second; `undefined` while that is not known. */
function pictures(
  { width, height, frameRate }: NonNullable<Situation["camera"]>,
  bitrate: number | undefined,
  ease: number,
  before: SendLimits | undefined,
): SendLimits {
  if (bitrate === 0) return { paused: true };
  const bits = bitrate ?? Number.POSITIVE_INFINITY;
  const { maxFramerate: lastRate = frameRate, scaleResolutionDownBy: last = 1 } = before ?? {};
  const isEnough = (needed: number, isMore: boolean) => needed * (isMore ? MARGIN : 1) <= bits;
  const { rate } = RATES.find((each) => isEnough(each.from, each.rate > lastRate)) ?? { rate: 10 };
  const maxFramerate = Math.max(10, Math.min(rate, Math.round(frameRate * 0.75 ** ease)));
  const byBits = SCALES.findIndex((scale) =>
    isEnough((width * height * maxFramerate * BITS_PER_PIXEL) / scale ** 2, scale < last),
  );
  const step = Math.max(byBits === -1 ? SCALES.length - 1 : byBits, ease);
  return {
    ...(bitrate !== undefined && { maxBitrate: bitrate }),
    maxFramerate,
    scaleResolutionDownBy: SCALES[step] ?? 1,
  };
}
