import type { Emitter } from "../../lib/emitter.js";
import type { RecoveryCause } from "../../peer/ice-restart.js";
import type { Peer } from "../../peer/peer.js";
import { type Figures, figuresOf } from "./figures.js";
import { countOf, FirstMedia } from "./first-media.js";
import {
  type Inbound,
  type Judgement,
  judgeInbound,
  judgeOutbound,
  type Outbound,
} from "./grade.js";
import { linesOf } from "./lines.js";
import { PathWatch } from "./path-watch.js";
import type { Direction, PeerQuality, QualityEvents } from "./quality-events.js";
import { readSample, type Sample } from "./sample.js";
import { type Settled, settle } from "./settle.js";
import { Stall, type StallChange } from "./stall.js";
import { DirectionTally, Mean } from "./tally.js";
import type { Evidence } from "./verdict.js";

export interface PeerWatchOptions {
  peer: Peer;
  events: Emitter<QualityEvents>;
  intervalMs: number;
  /** What this side shares. */
  screenTrack: () => MediaStreamTrack | null;
  /** Whether nobody looks at this page. */
  isHidden: () => boolean;
  /** The time, in milliseconds. */
  now: () => number;
  /** When the report begins, when they came if it is known, and when the call with them began, in milliseconds. */
  reportAt: number;
  joinedAt: number | undefined;
  callAt: number;
  /** Whether the call was on before anybody watched it. */
  late: boolean;
  /** What was counted last in the call before. */
  before: Sample | undefined;
}

const GOOD: Settled = { told: { grade: "good", trouble: "nothing", reason: "All is well." } };

/** How long pictures may grow at the beginning of a connection, in milliseconds. */
const RAMP_UP_MS = 10_000;

/** How long sound takes to come evenly, at the beginning of a call: until then it is stretched and filled up. */
const SOUND_MS = 3_000;

/** How many things of one kind are kept for the report: the last ones. */
const KEPT = 200;

/** The call with one peer, watched. */
export class PeerWatch {
  readonly peer: Peer;
  readonly #options: PeerWatchOptions;
  readonly #first: FirstMedia;
  readonly #path: PathWatch;
  readonly #stalls: Record<"audio" | "video", Stall>;
  readonly #tallies = { inbound: new DirectionTally(), outbound: new DirectionTally() };
  readonly #roundTrip = new Mean();
  #settled: Record<Direction, Settled> = { inbound: GOOD, outbound: GOOD };
  #sample: Sample | undefined;
  #figures: Figures | undefined;
  #judgedAt: number;
  #connectedAt: number | undefined;
  #endedAt: number | undefined;
  #rampUpUntil: number;
  #leastRoundTripMs: number | undefined;
  #mostFrames: number | undefined;
  #interruptions: { atMs: number; cause: RecoveryCause; gapMs?: number }[] = [];
  #freezes: { kind: "audio" | "video"; atMs: number; durationMs: number }[] = [];
  #frozenMs: number | undefined;
  #cpuLimitedMs: number | undefined;
  #cpuLimited = false;

  constructor(options: PeerWatchOptions) {
    const { peer, callAt, late, intervalMs } = options;
    this.peer = peer;
    this.#options = options;
    this.#sample = options.before;
    this.#judgedAt = callAt;
    this.#rampUpUntil = late ? 0 : callAt + RAMP_UP_MS;
    this.#first = new FirstMedia({ callAt, late, before: options.before });
    this.#path = new PathWatch();
    const sleptMs = Math.max(5_000, intervalMs * 3);
    this.#stalls = { audio: new Stall(sleptMs), video: new Stall(sleptMs) };
    if (late && peer.connectionState === "connected") this.#connectedAt = callAt;
  }

  /** How it is now; `undefined` until it has been watched for an interval. */
  get quality(): PeerQuality | undefined {
    const { inbound, outbound } = this.#settled;
    const grades = { inbound: inbound.told, outbound: outbound.told };
    return this.#figures && Object.freeze({ ...this.#figures, grades });
  }

  get sample(): Sample | undefined {
    return this.#sample;
  }

  /** Whether the own encoder is too slow for what goes to them. */
  get cpuLimited(): boolean {
    return this.#cpuLimited && this.#endedAt === undefined;
  }

  /** Whether it is worth a look soon, to see when the first of something comes. */
  awaitsMedia(now: number): boolean {
    return this.#first.isAwaited(this.peer.media, now);
  }

  /** Looks at the connection. */
  async look(): Promise<void> {
    const { connection } = this.peer;
    // One that somebody has closed may have no statistics.
    const report = await connection?.pc.getStats().catch(() => undefined);
    if (this.#endedAt !== undefined) return;
    const now = this.#options.now();
    if (!connection || !report || connection !== this.peer.connection) {
      return this.#isDue(now) ? this.#judge(now, undefined) : undefined;
    }
    if (connection.pc.connectionState === "connected") this.#connectedAt ??= now;
    const lines = linesOf(connection, this.#options.screenTrack());
    const sample = readSample(report, lines, { connection: connection.id, at: now });
    for (const first of this.#first.see(sample, this.peer.media, now)) {
      this.#options.events.emit("firstMedia", first, this.#about);
    }
    this.#sample ??= sample;
    if (this.#isDue(now)) this.#judge(now, sample);
  }

  onReconnecting(cause: RecoveryCause): void {
    this.#interruptions = [
      ...this.#interruptions,
      { atMs: this.#options.now() - this.#options.reportAt, cause },
    ].slice(-KEPT);
    if (cause === "network-change") this.#path.expectChange();
  }

  onReconnected(gapMs: number): void {
    const last = this.#interruptions.at(-1);
    if (last) last.gapMs = gapMs;
  }

  /** The call with them is over. */
  end(): void {
    if (this.#endedAt !== undefined) return;
    const now = this.#options.now();
    this.#endedAt = now;
    for (const kind of ["audio", "video"] as const)
      this.#onStall(kind, this.#stalls[kind].end(now));
  }

  evidence(): Evidence {
    const { peer } = this;
    const { reportAt, joinedAt, callAt } = this.#options;
    const after = (at: number | undefined) => at && at - reportAt;
    const standing = (["audio", "video"] as const).flatMap((kind) => {
      const { since } = this.#stalls[kind];
      return since === undefined
        ? []
        : [{ kind, atMs: since - reportAt, durationMs: this.#options.now() - since }];
    });
    return {
      peer: { id: peer.info.id, name: peer.info.name },
      timeline: {
        joinedMs: after(joinedAt),
        callMs: callAt - reportAt,
        connectedMs: after(this.#connectedAt),
        first: this.#first.times(reportAt),
        endMs: after(this.#endedAt),
      },
      path: this.#path.path,
      networkChanges: this.#path.changes.map(({ at, path }) => ({ atMs: at - reportAt, path })),
      connections: this.#path.connections,
      restarts: this.#path.restarts,
      interruptions: this.#interruptions.map((each) => ({ ...each })),
      freezes: [...this.#freezes, ...standing],
      frozenMs: this.#frozenMs,
      roundTripMs: this.#roundTrip.value,
      cpuLimitedMs: this.#cpuLimitedMs,
      inbound: this.#tallies.inbound.report(),
      outbound: this.#tallies.outbound.report(),
    };
  }

  get #about(): { peer: Peer["info"] } {
    return { peer: this.peer.info };
  }

  /** A look for the first media in between is too short to judge by. */
  #isDue(now: number): boolean {
    return now - this.#judgedAt >= this.#options.intervalMs * 0.8;
  }

  /** Without a sample nothing is known but that nothing came. */
  #judge(now: number, sample: Sample | undefined): void {
    const overMs = now - this.#judgedAt;
    this.#judgedAt = now;
    const before = this.#sample;
    if (sample) this.#sample = sample;
    if (sample && before && !isSame(before, sample)) this.#rampUpUntil = now + RAMP_UP_MS;
    this.#watchStalls(now, before, sample);
    // While nothing flows, what ICE has selected means nothing.
    const change = sample && this.peer.alive ? this.#path.see(sample, now) : undefined;
    if (change) this.#options.events.emit("networkChanged", change, this.#about);
    const figures = sample && figuresOf(before, sample);
    const roundTripMs = figures?.roundTripMs;
    if (change || !figures) this.#leastRoundTripMs = undefined;
    this.#leastRoundTripMs = least(this.#leastRoundTripMs, roundTripMs);
    const delay = { roundTripMs, leastRoundTripMs: this.#leastRoundTripMs };
    const cut = this.#connectedAt !== undefined && !this.peer.alive;
    if (!figures && !cut) return;
    const { audio, video } = figures?.inbound ?? {};
    const frames = video?.framesPerSecond;
    if (frames !== undefined) this.#mostFrames = Math.max(this.#mostFrames ?? 0, frames);
    const { microphone, camera } = this.peer.media;
    const isYoung = now - this.#options.callAt < SOUND_MS;
    const inbound: Inbound = {
      cut,
      audio: audio && isYoung ? { ...audio, concealment: undefined, jitterMs: undefined } : audio,
      video,
      expects: { audio: microphone === "on", video: camera === "on" },
      stalled: { audio: this.#stalls.audio.isOn, video: this.#stalls.video.isOn },
      mostFrames: this.#mostFrames,
      ...delay,
    };
    const sent = figures?.outbound ?? {};
    if (sent.video && sent.video.limitedBy !== "bandwidth") this.#rampUpUntil = 0;
    const outbound: Outbound = {
      cut,
      audio: sent.audio,
      video: sent.video,
      rampingUp: now < this.#rampUpUntil,
      ...delay,
      availableOutgoingBitrate: figures?.availableOutgoingBitrate,
    };
    this.#grade("inbound", judgeInbound(inbound, overMs), now, overMs);
    this.#grade("outbound", judgeOutbound(outbound), now, overMs);
    const limits = [sent.video, sent.screen].flatMap((flow) => flow?.limitedBy ?? []);
    this.#cpuLimited = limits.includes("cpu");
    if (!figures) return;
    if (limits.length > 0) {
      this.#cpuLimitedMs = (this.#cpuLimitedMs ?? 0) + (this.#cpuLimited ? overMs : 0);
    }
    if (video?.frozenMs !== undefined) this.#frozenMs = (this.#frozenMs ?? 0) + video.frozenMs;
    this.#roundTrip.add(roundTripMs, overMs);
    this.#tallies.inbound.count(figures.inbound, overMs);
    this.#tallies.outbound.count(figures.outbound, overMs);
    this.#figures = figures;
  }

  #grade(direction: Direction, judged: Judgement, now: number, overMs: number): void {
    this.#tallies[direction].judge(judged, overMs);
    const before = this.#settled[direction].told;
    const settled = settle(this.#settled[direction], judged, now);
    this.#settled[direction] = settled;
    if (settled.told.grade === before.grade) return;
    this.#options.events.emit("graded", { ...settled.told, direction }, this.#about);
  }

  #watchStalls(now: number, before: Sample | undefined, sample: Sample | undefined): void {
    const { microphone, camera } = this.peer.media;
    const uses = { audio: microphone, video: camera };
    for (const kind of ["audio", "video"] as const) {
      const change = this.#stalls[kind].observe({
        now,
        expected: uses[kind] === "on" && this.#first.hasCome(kind),
        came: countOf(sample, kind) > (isSame(before, sample) ? countOf(before, kind) : 0),
        unseen: kind === "video" && this.#options.isHidden(),
      });
      this.#onStall(kind, change);
    }
  }

  #onStall(kind: "audio" | "video", change: StallChange | undefined): void {
    if (!change) return;
    const { events, reportAt } = this.#options;
    if (change.type === "begun") return events.emit("freeze", { kind }, this.#about);
    const { since, durationMs, recovered } = change;
    const freeze = { kind, atMs: since - reportAt, durationMs };
    this.#freezes = [...this.#freezes, freeze].slice(-KEPT);
    events.emit("freezeEnded", { kind, durationMs, recovered }, this.#about);
  }
}

const least = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

const isSame = (one: Sample | undefined, other: Sample | undefined) =>
  one?.connection === other?.connection;
