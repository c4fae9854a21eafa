import type { Peer } from "../../peer/peer.js";
import type { PeerSituation } from "./situation.js";

/** What one connection's counters said. */
interface Count {
  at: number;
  bytes: number;
  encodeMs: number;
  frames: number;
}

/** What was measured of one connection. */
export interface Measured extends PeerSituation {
  cpuLimited: boolean;
  /** Since the last time, for the camera. */
  encodeMs: number;
  frames: number;
  /** Over how many milliseconds. */
  spanMs: number;
}

/** As long as nothing is known. */
export const unmeasured = (id: string): Measured => ({
  ...{ id, relay: false, cpuLimited: false, encodeMs: 0, frames: 0, spanMs: 0 },
});

const before = new WeakMap<RTCPeerConnection, Count>();

/** Reads W3C webrtc-stats: the candidate pair in use, what is sent, and what the other side says of it. */
export async function measure({ info, pc }: Pick<Peer, "info" | "pc">): Promise<Measured> {
  const nothing = unmeasured(info.id);
  // One that somebody has just closed has no statistics.
  const report = await pc?.getStats().catch(() => undefined);
  if (!pc || !report) return nothing;
  const all: Record<string, never>[] = [...report.values()];
  const byId = (id: unknown) => Object(report.get(String(id)));
  const transport = all.find(({ type }) => type === "transport");
  const pair = byId(transport?.["selectedCandidatePairId"]);
  const sent = all.filter(({ type }) => type === "outbound-rtp");
  const video = sent.filter(({ kind }) => kind === "video");
  const losses = all.flatMap(({ type, fractionLost }) =>
    type === "remote-inbound-rtp" && Number.isFinite(fractionLost) ? [Number(fractionLost)] : [],
  );
  const sum = (each: readonly Record<string, unknown>[], field: string) =>
    each.reduce((total, stats) => total + Number(stats[field] ?? 0), 0);
  const count = {
    at: Number(pair.timestamp ?? 0),
    bytes: Number(pair.bytesSent ?? 0),
    encodeMs: sum(video, "totalEncodeTime") * 1_000,
    frames: sum(video, "framesEncoded"),
  };
  const last = before.get(pc);
  before.set(pc, count);
  const spanMs = last ? count.at - last.at : 0;
  const bits = last ? (count.bytes - last.bytes) * 8 : -1;
  const seconds = pair.currentRoundTripTime;
  return {
    ...nothing,
    relay: byId(pair.localCandidateId).candidateType === "relay",
    availableBitrate: pair.availableOutgoingBitrate,
    // Another pair counts anew.
    sentBitrate: spanMs > 0 && bits >= 0 ? (bits * 1_000) / spanMs : undefined,
    roundTripMs: seconds === undefined ? undefined : seconds * 1_000,
    loss: losses.length > 0 ? Math.max(...losses) : undefined,
    cpuLimited: video.some(({ qualityLimitationReason: reason }) => reason === "cpu"),
    encodeMs: last ? Math.max(0, count.encodeMs - last.encodeMs) : 0,
    frames: last ? Math.max(0, count.frames - last.frames) : 0,
    spanMs: Math.max(0, spanMs),
  };
}
