import type { FlowKind, Path, RemoteInboundStats, Sample } from "./sample.js";

/** What came of one kind in the last interval. What the browser does not tell is `undefined`. */
export interface ReceivedFigures {
  /** Bits a second, without the headers of packets. */
  readonly bitrate: number | undefined;
  /** The part of the packets that was lost on the way, from 0 to 1. */
  readonly packetLoss: number | undefined;
  /** How unevenly packets come, in milliseconds (RFC 3550). */
  readonly jitterMs: number | undefined;
  /** Of sound: the part that could be heard and was made up for what was missing, from 0 to 1. */
  readonly concealment: number | undefined;
  /** Of pictures, as all that follow. */
  readonly framesDecoded: number | undefined;
  readonly framesPerSecond: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** How often the picture stood still, also for a moment, and how long, in milliseconds. */
  readonly freezes: number | undefined;
  readonly frozenMs: number | undefined;
  /** How often packets (RFC 4585, NACK) and whole pictures (PLI) were asked for again. */
  readonly nacks: number | undefined;
  readonly plis: number | undefined;
}

/** What was sent of one kind in the last interval. */
export interface SentFigures {
  readonly bitrate: number | undefined;
  /** What the other side said last of what it gets, as they are for `ReceivedFigures`. */
  readonly packetLoss: number | undefined;
  readonly jitterMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Of pictures, as all that follow but `nacks`. */
  readonly framesEncoded: number | undefined;
  readonly framesPerSecond: number | undefined;
  /** How many there are to send: the camera's, or fewer if the page wants fewer. */
  readonly wantedFramesPerSecond: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** How long one picture took to encode, in milliseconds. */
  readonly encodeMs: number | undefined;
  /** Why pictures are worse than the camera's: `"none"`, `"cpu"`, `"bandwidth"` or `"other"`. */
  readonly limitedBy: RTCQualityLimitationReason | undefined;
  /** How much of the interval was so, in milliseconds. */
  readonly limitedMs: Readonly<Partial<Record<RTCQualityLimitationReason, number>>> | undefined;
  readonly nacks: number | undefined;
  readonly plis: number | undefined;
}

/** A connection in the last interval. */
export interface Figures {
  /** How long the interval was, in milliseconds. */
  readonly overMs: number;
  /** What comes, by kind. */
  readonly inbound: Readonly<Partial<Record<FlowKind, ReceivedFigures>>>;
  /** What is sent, by kind. */
  readonly outbound: Readonly<Partial<Record<FlowKind, SentFigures>>>;
  /** There and back, in milliseconds. */
  readonly roundTripMs: number | undefined;
  /** What the browser thinks that the network takes, in bits a second. */
  readonly availableOutgoingBitrate: number | undefined;
  readonly path: Path | undefined;
}

/** What is no number was not counted. */
const counted = (value: number | undefined): number | undefined =>
  Number.isFinite(value) ? value : undefined;

/** How much it grew. A counter that starts anew has not grown, and a packet that came late takes no loss back. */
function grown(before: number | undefined, now: number | undefined): number | undefined {
  return now === undefined ? undefined : counted(Math.max(0, now - (before ?? 0)));
}

const per = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole <= 0 ? undefined : part / whole;

const times = (factor: number, value: number | undefined): number | undefined =>
  value === undefined ? undefined : counted(value * factor);

const atMost = (most: number, value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.min(most, value);

/** The growth of each counter between two samples of one flow; of another flow, from its beginning. */
function deltas<Stats extends RTCRtpStreamStats>(before: Stats | undefined, now: Stats) {
  const same = before?.ssrc === now.ssrc ? before : undefined;
  return <Name extends keyof Stats>(name: Name) =>
    grown(same?.[name] as number | undefined, now[name] as number | undefined);
}

function received(
  before: RTCInboundRtpStreamStats | undefined,
  now: RTCInboundRtpStreamStats,
  overMs: number,
): ReceivedFigures {
  const delta = deltas(before, now);
  const lost = delta("packetsLost");
  const concealed = grown(delta("silentConcealedSamples"), delta("concealedSamples"));
  const frames = delta("framesDecoded");
  return {
    bitrate: per(times(8_000, delta("bytesReceived")), overMs),
    packetLoss: per(lost, (lost ?? 0) + (delta("packetsReceived") ?? 0)),
    jitterMs: times(1_000, now.jitter),
    concealment: per(concealed, delta("totalSamplesReceived")),
    framesDecoded: frames,
    framesPerSecond: per(times(1_000, frames), overMs),
    width: now.frameWidth,
    height: now.frameHeight,
    freezes: delta("freezeCount"),
    frozenMs: times(1_000, delta("totalFreezesDuration")),
    nacks: delta("nackCount"),
    plis: delta("pliCount"),
  };
}

interface Sent {
  rtp: RTCOutboundRtpStreamStats | undefined;
  heard: RemoteInboundStats | undefined;
}

function sent(
  before: Sent,
  { rtp, heard }: { rtp: RTCOutboundRtpStreamStats; heard: Sent["heard"] },
  wanted: number | undefined,
  overMs: number,
): SentFigures {
  const delta = deltas(before.rtp, rtp);
  const frames = delta("framesEncoded");
  // Of the packets between two reports of the other side's (RFC 3550, section 6.4.1).
  const lost = heard && deltas(before.heard, heard)("packetsLost");
  const limited = Object.entries(rtp.qualityLimitationDurations ?? {}).map(([reason, seconds]) => {
    const earlier = before.rtp?.qualityLimitationDurations?.[reason];
    return [reason, (grown(earlier, seconds) ?? 0) * 1_000];
  });
  return {
    bitrate: per(times(8_000, delta("bytesSent")), overMs),
    packetLoss: atMost(1, counted(heard?.fractionLost) ?? per(lost, delta("packetsSent"))),
    jitterMs: times(1_000, heard?.jitter),
    roundTripMs: times(1_000, heard?.roundTripTime),
    framesEncoded: frames,
    framesPerSecond: per(times(1_000, frames), overMs),
    wantedFramesPerSecond: wanted,
    width: rtp.frameWidth,
    height: rtp.frameHeight,
    encodeMs: per(times(1_000, delta("totalEncodeTime")), frames),
    limitedBy: rtp.qualityLimitationReason,
    limitedMs: rtp.qualityLimitationDurations && Object.fromEntries(limited),
    nacks: delta("nackCount"),
    plis: delta("pliCount"),
  };
}

/** What has happened between two samples of one connection; of two connections nothing can be said. */
export function figuresOf(before: Sample | undefined, now: Sample): Figures | undefined {
  if (before?.connection !== now.connection) return undefined;
  const overMs = now.at - before.at;
  if (overMs <= 0) return undefined;
  const inbound: { [Kind in FlowKind]?: ReceivedFigures } = {};
  const outbound: { [Kind in FlowKind]?: SentFigures } = {};
  for (const kind of ["audio", "video", "screen"] as const) {
    const came = now.received[kind];
    if (came) inbound[kind] = received(before.received[kind], came, overMs);
    const went = now.sent[kind];
    const earlier = { rtp: before.sent[kind], heard: before.heard[kind] };
    const later = went && { rtp: went, heard: now.heard[kind] };
    if (later) outbound[kind] = sent(earlier, later, now.wanted[kind], overMs);
  }
  const { pair, path, heard } = now;
  const roundTrip =
    counted(pair?.currentRoundTripTime) ?? (heard.audio ?? heard.video)?.roundTripTime;
  return {
    overMs,
    inbound,
    outbound,
    roundTripMs: times(1_000, roundTrip),
    availableOutgoingBitrate: counted(pair?.availableOutgoingBitrate),
    path,
  };
}
