import type { PeerInfo } from "@cignal/protocol";
import type { RecoveryCause } from "../../peer/ice-restart.js";
import type { Grade, Trouble } from "./grade.js";
import type { FlowKind, Path } from "./sample.js";

/** One direction of a call with one peer. */
export interface DirectionReport {
  /** Which part of the time had which grade, from 0 to 1, as it was measured: `graded` waits until it lasts. */
  readonly grades: Readonly<Record<Grade, number>>;
  /** For how long what was wrong was the worst thing, in milliseconds. */
  readonly troubles: readonly {
    readonly trouble: Trouble;
    readonly grade: Grade;
    readonly ms: number;
  }[];
  /** The part of the packets of a kind that was lost, on average, from 0 to 1. */
  readonly audioLoss: number | undefined;
  readonly videoLoss: number | undefined;
  /** Of the sound that came: the part that was made up for what was missing, from 0 to 1. */
  readonly concealment: number | undefined;
  /** Of all kinds together, on average, in bits a second. */
  readonly bitrate: number | undefined;
}

/** The call with one peer. Times are in milliseconds, those at which something was, after the report's `startedAt`. */
export interface PeerReport {
  readonly peer: Readonly<Pick<PeerInfo, "id" | "name">>;
  readonly timeline: {
    /** They came into the room, negative if before the call; missing if they were there when the watch began. */
    readonly joinedMs?: number;
    /** The call with them began. */
    readonly callMs: number;
    readonly connectedMs?: number;
    /** The first of a kind came. */
    readonly first: Readonly<Partial<Record<FlowKind, number>>>;
    /** The call with them was over; missing while it is on. */
    readonly endMs?: number;
  };
  /** How media went last. */
  readonly path: Path | undefined;
  readonly networkChanges: readonly { readonly atMs: number; readonly path: Path }[];
  /** How many connections were used, one after the other, and how often ICE was restarted on one. */
  readonly connections: number;
  readonly restarts: number;
  /** Each `reconnecting`, and the gap that its `reconnected` told; the last may have none. */
  readonly interruptions: readonly {
    readonly atMs: number;
    readonly cause: RecoveryCause;
    readonly gapMs?: number;
  }[];
  /** When pictures (`video`) stood still and sound (`audio`) had a gap. */
  readonly freezes: readonly {
    readonly kind: "audio" | "video";
    readonly atMs: number;
    readonly durationMs: number;
  }[];
  /** How long pictures stood still in all, also for moments, where the browser counts them. */
  readonly frozenMs: number | undefined;
  /** On average. */
  readonly roundTripMs: number | undefined;
  /** How long the own encoder was too slow for better pictures, where the browser says so. */
  readonly cpuLimitedMs: number | undefined;
  readonly inbound: DirectionReport;
  readonly outbound: DirectionReport;
  readonly verdict: Verdict;
}

/** How a call went. It is JSON. */
export interface CallReport {
  /** When the call began, or when the watch did in a call; ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** One for each time that somebody was in the call; of those who have gone before, the last 200. */
  readonly peers: readonly PeerReport[];
  readonly verdict: Verdict;
}

/** The one thing that did most harm. */
export interface Verdict {
  readonly trouble: Trouble | "no-connection";
  /** In words, for a person. */
  readonly sentence: string;
}
