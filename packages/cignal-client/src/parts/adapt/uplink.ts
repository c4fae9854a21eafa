import type { Plan } from "./plan.js";
import type { PeerSituation } from "./situation.js";

/** What is remembered of the uplink from one decision to the next. */
export interface Uplink {
  /** What may be sent to all together, in bits a second. */
  readonly bitrate: number;
  /** How many decisions ago it last had to fall. */
  readonly calm: number;
  /** What it bore then. */
  readonly ceiling?: number | undefined;
}

/** A connection that can send less than this share of what it was given is held up. */
const HELD_UP = 0.9;

/** More than this share of all packets lost, and the network is full, whatever browsers believe. */
const LOSSY = 0.1;

/** What is left for what no limit counts, such as headers and packets that are sent again. */
const USABLE = 0.9;

/** How far it falls below what it bore, so that queues can empty. */
const BELOW = 0.95;

/** By how much more is tried after so many decisions without a fall: carefully near to where it fell. */
const FAR = { rise: 1.08, patience: 5 };
const NEAR = { rise: 1.03, patience: 15, from: 0.85 };

/** Below this nobody can be understood, in bits a second. */
const LEAST = 6_000;

/** All that the plan lets a peer have; `undefined` while one of its limits is open. */
function givenTo(id: string, plan: Plan | undefined): number | undefined {
  const limits = plan?.peers?.[id];
  if (!limits) return undefined;
  let sum = 0;
  for (const limit of [limits.audio, limits.screen, limits.video]) {
    if (limit && "paused" in limit && limit.paused) continue;
    if (limit && limit.maxBitrate === undefined) return undefined;
    sum += limit?.maxBitrate ?? 0;
  }
  return sum;
}

/**
 * What all connections together may send; `undefined` while nothing is known. Each browser's estimate is for one
 * connection, and for no more than some half as much again as this one sends. So an estimate above what the plan gives
 * says only that there is no limit yet, and then more is tried, slowly; but if most connections cannot send what they were
 * given, they hold each other up on the uplink that they share, and it bears the sum of their estimates. One that is
 * held up alone has a narrow way of its own.
 *
 * @param useful - what all together could make use of, in bits a second
 */
export function uplinkFor(
  peers: readonly PeerSituation[],
  plan: Plan | undefined,
  before: Uplink | undefined,
  useful: number,
): Uplink | undefined {
  const most = (bitrate: number) =>
    Math.min(useful, Math.max(LEAST * peers.length, Math.round(bitrate)));
  const known = peers.flatMap(({ id, availableBitrate, sentBitrate = 0, loss = 0 }) =>
    availableBitrate === undefined || sentBitrate === 0
      ? []
      : [{ estimate: availableBitrate, given: givenTo(id, plan), loss }],
  );
  if (known.length === 0) return before && { ...before, bitrate: most(before.bitrate) };
  const perPeer = (sum: number) => (sum / known.length) * peers.length;
  const sumOf = (value: (peer: (typeof known)[number]) => number) =>
    perPeer(known.reduce((sum, peer) => sum + value(peer), 0));
  const worst = known.filter(({ loss }) => loss > LOSSY);
  const lost = worst.length > known.length / 2 ? Math.max(...worst.map(({ loss }) => loss)) : 0;
  const thinned = 1 - lost / 2;
  if (!before)
    return { bitrate: most(sumOf(({ estimate }) => estimate) * USABLE * thinned), calm: 0 };
  const heldUp = known.filter(({ estimate, given = 0 }) => estimate < given * HELD_UP);
  if (heldUp.length > known.length / 2 || lost > 0) {
    const borne = sumOf(({ estimate, given = estimate }) => Math.min(estimate, given));
    const ceiling = borne * thinned;
    return { bitrate: most(Math.min(before.bitrate, ceiling * BELOW)), calm: 0, ceiling };
  }
  const { bitrate, calm, ceiling = Number.POSITIVE_INFINITY } = before;
  const { rise, patience } = bitrate > ceiling * NEAR.from ? NEAR : FAR;
  return { ...before, bitrate: most(bitrate * (calm >= patience ? rise : 1)), calm: calm + 1 };
}
