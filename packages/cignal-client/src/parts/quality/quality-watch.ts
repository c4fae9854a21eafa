import { Emitter } from "../../lib/emitter.js";
import { SteadyClock } from "../../lib/steady-clock.js";
import type { Peer } from "../../peer/peer.js";
import type { Session } from "../../session.js";
import { CpuWatch } from "./cpu-watch.js";
import { PeerWatch } from "./peer-watch.js";
import type { PeerQuality, QualityEvents } from "./quality-events.js";
import type { CallReport } from "./report.js";
import type { Sample } from "./sample.js";
import { type Evidence, judge } from "./verdict.js";

export interface QualityOptions {
  /** How often it looks, in milliseconds, from 250 to 60,000. Default: 1,000. */
  intervalMs?: number;
}

/** How often it looks while the first media are on their way. */
const SOON_MS = 100;

/** How many calls with peers that are over are kept for the report: the last ones. */
const GONE_AT_MOST = 200;

/** Watches the calls of one room. */
export class QualityWatch {
  readonly #session: Session;
  readonly #isHidden: () => boolean;
  readonly #intervalMs: number;
  readonly #events: Emitter<QualityEvents>;
  readonly #untap: () => void;
  readonly #clock = new SteadyClock();
  readonly #joined = new Map<string, number>();
  /** Those of the call that is on, and what is known of those who were in it. */
  #watched = new Map<Peer, PeerWatch>();
  #gone: Evidence[] = [];
  /** What was counted last of each peer: another call with them goes on from there. */
  readonly #samples = new WeakMap<Peer, Sample>();
  #cpu = new CpuWatch();
  #beganAt = 0;
  #lastReport: CallReport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "opening" | "watching" | "closed" = "opening";

  /** @internal `isHidden` tells whether nobody looks at this page. */
  constructor(session: Session, isHidden: () => boolean, { intervalMs = 1_000 }: QualityOptions) {
    if (typeof intervalMs !== "number" || !(intervalMs >= 250 && intervalMs <= 60_000)) {
      throw new TypeError("watchQuality(cignal, { intervalMs }): expected 250 to 60,000");
    }
    this.#session = session;
    this.#isHidden = isHidden;
    this.#intervalMs = intervalMs;
    this.#events = new Emitter({ onListenerError: session.browser.reportError });
    this.#untap = session.events.tap((...event) => {
      switch (event[0]) {
        case "peerJoined":
          this.#joined.set(event[2].peer.id, this.#clock.now());
          break;
        case "peerHangUp":
          this.#joined.delete(event[2].peer.id);
          break;
        case "reconnecting":
          this.#find(event[1].peer.id)?.onReconnecting(event[1].cause);
          break;
        case "reconnected":
          this.#find(event[1].peer.id)?.onReconnected(event[1].gapMs);
          break;
        case "stateChanged":
          this.#update();
      }
    });
    this.#update();
    if (this.#state === "opening") this.#state = "watching";
  }

  /** Adds a listener and returns what removes it. What came before the first listener is delivered to it. */
  on<Name extends keyof QualityEvents>(
    name: Name,
    listener: (...args: QualityEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** How the call with a peer is now: its figures and grades; `undefined` until it has been watched for an interval. */
  of(peerId: string): PeerQuality | undefined {
    return this.#find(peerId)?.quality;
  }

  /** How the call has gone so far, or how the last one went; `undefined` before the first. */
  report(): CallReport | undefined {
    return this.#watched.size > 0 ? this.#makeReport() : this.#lastReport;
  }

  /** Ends the watch. A call that is on gets its `report`. Leaving the room does the same. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#untap();
    clearTimeout(this.#timer);
    this.#follow([]);
  }

  #find(peerId: string): PeerWatch | undefined {
    return [...this.#watched.values()].find(({ peer }) => peer.info.id === peerId);
  }

  #update(): void {
    const { room, closed } = this.#session;
    if (closed) return this.close();
    const isPart = (peer: Peer) => room.me.inspector || !peer.info.inspector;
    this.#follow(room.peers.filter((peer) => peer.callState === "in-call" && isPart(peer)));
  }

  /** Watches these from now on. */
  #follow(peers: readonly Peer[]): void {
    const before = this.#watched.size;
    const now = this.#clock.now();
    for (const peer of peers) {
      if (this.#watched.has(peer)) continue;
      if (this.#watched.size === 0 && this.#gone.length === 0) this.#beganAt = now;
      this.#watched.set(peer, this.#watch(peer, now));
    }
    for (const [peer, watch] of [...this.#watched]) {
      if (peers.includes(peer)) continue;
      watch.end();
      // Whoever has heard that a freeze is over may have closed this.
      if (!this.#watched.has(peer)) continue;
      if (watch.sample) this.#samples.set(peer, watch.sample);
      this.#watched.delete(peer);
      this.#gone = [...this.#gone, watch.evidence()].slice(-GONE_AT_MOST);
    }
    if (this.#watched.size === 0 && this.#gone.length > 0) this.#finish();
    else if (this.#watched.size > before) this.#schedule(0);
  }

  #watch(peer: Peer, now: number): PeerWatch {
    const { media } = this.#session;
    return new PeerWatch({
      peer,
      events: this.#events,
      intervalMs: this.#intervalMs,
      screenTrack: () => media.screen.track,
      isHidden: this.#isHidden,
      now: () => this.#clock.now(),
      reportAt: this.#beganAt,
      joinedAt: this.#joined.get(peer.info.id),
      callAt: now,
      late: this.#state === "opening",
      before: this.#samples.get(peer),
    });
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), afterMs);
  }

  async #look(): Promise<void> {
    const timer = this.#timer;
    const began = this.#clock.now();
    const { reportError } = this.#session.browser;
    // One that cannot be read is no reason not to look at the others, and again.
    const looks = [...this.#watched.values()].map((watch) => watch.look().catch(reportError));
    await Promise.all(looks);
    // The call may be over, or somebody may have come, who is looked at already.
    if (this.#watched.size === 0 || timer !== this.#timer) return;
    const now = this.#clock.now();
    const watches = [...this.#watched.values()];
    this.#tellCpu(
      this.#cpu.see(
        watches.some(({ cpuLimited }) => cpuLimited),
        now,
      ),
    );
    if (this.#watched.size === 0) return;
    const soon = watches.some((watch) => watch.awaitsMedia(now));
    const wait = soon ? SOON_MS : this.#intervalMs;
    this.#schedule(Math.max(SOON_MS, wait - (now - began)));
  }

  #tellCpu(news: ReturnType<CpuWatch["see"]>): void {
    if (news === "limited") this.#events.emit("cpuLimited");
    else if (news) this.#events.emit("cpuFree", news);
  }

  #makeReport(): CallReport {
    const durationMs = this.#clock.now() - this.#beganAt;
    const watched = [...this.#watched.values()].map((watch) => watch.evidence());
    const peers = [...this.#gone, ...watched];
    const verdicts = judge(peers, { durationMs });
    return {
      startedAt: new Date(this.#beganAt).toISOString(),
      durationMs,
      peers: peers.map((peer, index) => ({
        ...peer,
        verdict: verdicts.peers[index] ?? verdicts.call,
      })),
      verdict: verdicts.call,
    };
  }

  /** Nobody is in the call any more. */
  #finish(): void {
    clearTimeout(this.#timer);
    const report = this.#makeReport();
    this.#lastReport = report;
    this.#gone = [];
    this.#tellCpu(this.#cpu.end());
    this.#events.emit("report", report);
  }
}
