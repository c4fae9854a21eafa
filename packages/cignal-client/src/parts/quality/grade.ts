import type { ReceivedFigures, SentFigures } from "./figures.js";

/** How it goes in one direction; `lost`: nothing arrives. */
export type Grade = "good" | "fair" | "poor" | "lost";

/**
 * What is wrong:
 * - `cut`: the connection is interrupted
 * - `silence`: no sound arrives, though they send some
 * - `loss`: packets are lost on the way
 * - `jitter`: packets come too late or unevenly
 * - `delay`: the way is long
 * - `freeze`: the picture stands still
 * - `slow-link`: the network takes too little
 * - `cpu`: this computer is too slow to encode pictures
 */
export type Trouble =
  | "nothing"
  | "cut"
  | "silence"
  | "loss"
  | "jitter"
  | "delay"
  | "freeze"
  | "slow-link"
  | "cpu";

export interface Judgement {
  readonly grade: Grade;
  readonly trouble: Trouble;
  /** A sentence for a person. */
  readonly reason: string;
}

/** What is known of one direction at one moment. */
export interface Inbound {
  /** Whether the connection is interrupted. */
  readonly cut: boolean;
  readonly audio: ReceivedFigures | undefined;
  readonly video: ReceivedFigures | undefined;
  /** Whether the other side sends sound and pictures now, by their own word. */
  readonly expects: { readonly audio: boolean; readonly video: boolean };
  /** Whether nothing has come for a while of what is expected. */
  readonly stalled: { readonly audio: boolean; readonly video: boolean };
  /** The most pictures a second that have come of this peer. */
  readonly mostFrames?: number | undefined;
  readonly roundTripMs: number | undefined;
  /** The shortest of this path. */
  readonly leastRoundTripMs?: number | undefined;
}

export interface Outbound {
  readonly cut: boolean;
  readonly audio: SentFigures | undefined;
  readonly video: SentFigures | undefined;
  /** Whether a call has only begun, so that pictures are small by themselves. */
  readonly rampingUp: boolean;
  readonly roundTripMs: number | undefined;
  readonly leastRoundTripMs?: number | undefined;
  readonly availableOutgoingBitrate: number | undefined;
}

export const GRADES: readonly Grade[] = ["good", "fair", "poor", "lost"];

export const worse = (one: Grade, other: Grade): boolean =>
  GRADES.indexOf(one) > GRADES.indexOf(other);

const WELL: Judgement = { grade: "good", trouble: "nothing", reason: "All is well." };

const CUT: Judgement = {
  grade: "lost",
  trouble: "cut",
  reason: "Nothing arrives: the connection is interrupted.",
};

/**
 * From where on something is fair, and from where on poor. Delay: ITU-T G.114 allows 150 ms one way without, and 400 ms with
 * complaints. Opus hides single losses; a picture is repaired by sending it again.
 */
const LIMITS = {
  loss: { fair: 0.04, poor: 0.12 },
  pictureLoss: { fair: 0.08, poor: 0.25 },
  concealment: { fair: 0.03, poor: 0.1 },
  jitterMs: { fair: 80, poor: 250 },
  roundTripMs: { fair: 390, poor: 800 },
  frozen: { fair: 0.1, poor: 0.4 },
};

/** The fewest pictures a second. */
const FRAMES = { fair: 10, poor: 5 };

const STILL = "The picture stands still.";

/** What is too little for a picture that moves, in bits a second. */
const TOO_SLOW = 150_000;

/** `undefined` is a figure that the browser does not have: it is judged without. */
function rate(value: number | undefined, { fair, poor }: { fair: number; poor: number }): Grade {
  if (value === undefined || value < fair) return "good";
  return value < poor ? "fair" : "poor";
}

const percent = (part: number | undefined) => `${Math.round((part ?? 0) * 100)} %`;

const milliseconds = (ms: number | undefined) => `${Math.round(ms ?? 0)} ms`;

/** The worst of them; of equally bad ones, the first. */
function worst(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((found, each) => (worse(each.grade, found.grade) ? each : found), WELL);
}

/** People bear a bad picture as long as they hear each other. */
function besideSound(judgement: Judgement): Judgement {
  const { grade } = judgement;
  return { ...judgement, grade: grade === "lost" ? "poor" : grade === "poor" ? "fair" : grade };
}

/** A way that takes much longer than it did is not long: what is sent waits for its turn on a slow link. */
function delay({ roundTripMs, leastRoundTripMs }: Inbound | Outbound): Judgement {
  const grade = rate(roundTripMs, LIMITS.roundTripMs);
  const takes = `There and back takes ${milliseconds(roundTripMs)}`;
  const least = leastRoundTripMs ?? roundTripMs;
  if (roundTripMs === undefined || least === undefined || roundTripMs < least * 3) {
    return { grade, trouble: "delay", reason: `${takes}.` };
  }
  return { grade, trouble: "slow-link", reason: `${takes}, not ${milliseconds(least)}.` };
}

function jitter(what: string, { jitterMs }: { jitterMs: number | undefined }): Judgement {
  const reason = `${what} comes unevenly, by ${milliseconds(jitterMs)}.`;
  return { grade: rate(jitterMs, LIMITS.jitterMs), trouble: "jitter", reason };
}

function heardSound(audio: ReceivedFigures): Judgement {
  const { packetLoss, concealment } = audio;
  const lossy = rate(packetLoss, LIMITS.loss);
  const gaps = rate(concealment, LIMITS.concealment);
  const made = `${percent(concealment)} of the sound is made up for what is missing`;
  const loss = `${percent(packetLoss)} of the sound is lost on the way.`;
  // What is made up was lost, or has come too late.
  const isLost = (packetLoss ?? 0) >= (concealment ?? 0) / 2;
  return worst([
    { grade: gaps, trouble: isLost ? "loss" : "jitter", reason: `${made}.` },
    { grade: lossy, trouble: "loss", reason: loss },
    jitter("Sound", audio),
  ]);
}

/** A camera in the dark, or one that was asked for few, gives few by itself: then no more have ever come. */
function fluency(frames: number, most = Number.POSITIVE_INFINITY): Grade {
  if (frames < FRAMES.poor) return "poor";
  return frames < FRAMES.fair && frames < most * 0.6 ? "fair" : "good";
}

function seenPicture(video: ReceivedFigures, overMs: number, mostFrames?: number): Judgement {
  const { packetLoss, framesPerSecond, frozenMs = 0 } = video;
  const frames = framesPerSecond === undefined ? Number.POSITIVE_INFINITY : framesPerSecond;
  const still = frozenMs / overMs;
  const slow = fluency(frames, mostFrames);
  return worst([
    {
      grade: rate(packetLoss, LIMITS.pictureLoss),
      trouble: "loss",
      reason: `${percent(packetLoss)} of the picture is lost on the way.`,
    },
    frames < 1
      ? { grade: slow, trouble: "freeze", reason: STILL }
      : {
          grade: slow,
          trouble: "slow-link",
          reason: `Only ${Math.round(frames)} pictures a second arrive.`,
        },
    {
      grade: rate(still, LIMITS.frozen),
      trouble: "freeze",
      reason: `The picture stands still ${percent(Math.min(1, still))} of the time.`,
    },
  ]);
}

/** How what comes is. `overMs` is how long the figures were counted. */
export function judgeInbound(seen: Inbound, overMs: number): Judgement {
  const { cut, audio, video, expects, stalled } = seen;
  if (cut) return CUT;
  const judgements: Judgement[] = [];
  if (expects.audio && stalled.audio) {
    judgements.push({ grade: "lost", trouble: "silence", reason: "No sound arrives." });
  } else if (expects.audio && audio) judgements.push(heardSound(audio));
  const place = expects.audio ? besideSound : (judgement: Judgement) => judgement;
  if (expects.video && stalled.video) {
    judgements.push(place({ grade: "lost", trouble: "freeze", reason: STILL }));
  } else if (expects.video && video)
    judgements.push(place(seenPicture(video, overMs, seen.mostFrames)));
  return worst([...judgements, delay(seen)]);
}

function sentSound(audio: SentFigures): Judgement {
  const reason = `${percent(audio.packetLoss)} of the sound is lost on the way.`;
  return worst([
    { grade: rate(audio.packetLoss, LIMITS.loss), trouble: "loss", reason },
    jitter("Sound", audio),
  ]);
}

function sentPicture(video: SentFigures, seen: Outbound): Judgement {
  const { packetLoss, limitedBy } = video;
  const loss: Judgement = {
    grade: rate(packetLoss, LIMITS.pictureLoss),
    trouble: "loss",
    reason: `${percent(packetLoss)} of the picture is lost on the way.`,
  };
  if (limitedBy === "cpu") {
    const reason = "This computer is too slow to send better pictures.";
    return worst([{ grade: "fair", trouble: "cpu", reason }, loss]);
  }
  if (seen.rampingUp) return loss;
  return worst([loss, thinned(video), limitedBy === "bandwidth" ? narrow(video, seen) : WELL]);
}

/** Encoders leave pictures out before they say that they are limited. */
function thinned({
  framesPerSecond: frames,
  wantedFramesPerSecond: wanted,
}: SentFigures): Judgement {
  if (frames === undefined || wanted === undefined || frames >= wanted * 0.6) return WELL;
  return {
    grade: frames < FRAMES.poor ? "poor" : frames < FRAMES.fair ? "fair" : "good",
    trouble: "slow-link",
    reason: `The network takes only ${Math.round(frames)} of ${Math.round(wanted)} pictures a second.`,
  };
}

function narrow({ bitrate }: SentFigures, { availableOutgoingBitrate }: Outbound): Judgement {
  const available = availableOutgoingBitrate ?? Number.POSITIVE_INFINITY;
  const bits = Math.min(available, bitrate ?? available);
  const about = Number.isFinite(bits) ? `, of ${Math.round(bits / 1_000)} kbit/s` : "";
  return {
    grade: bits < TOO_SLOW ? "poor" : "fair",
    trouble: "slow-link",
    reason: `The network takes small pictures only${about}.`,
  };
}

/** How what is sent arrives, as far as this side knows. */
export function judgeOutbound(seen: Outbound): Judgement {
  const { cut, audio, video } = seen;
  if (cut) return CUT;
  const judgements: Judgement[] = [];
  if (audio) judgements.push(sentSound(audio));
  if (video) {
    const judgement = sentPicture(video, seen);
    judgements.push(audio ? besideSound(judgement) : judgement);
  }
  return worst([...judgements, delay(seen)]);
}
