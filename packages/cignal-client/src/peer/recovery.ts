import { type Pulse, takePulse } from "../stats/pulse.js";
import {
  type Health,
  IceRestartPolicy,
  PROBE_MS,
  type RecoveryCause,
  type RecoveryHint,
} from "./ice-restart.js";
import { sendKeyFrames } from "./key-frame.js";
import type { PeerConnection } from "./peer-connection.js";

/** How often to look, in milliseconds: calmly, and while something may be wrong. */
const CALM_MS = 250;
const ALERT_MS = 100;

const BEAT_MS = 1_000;

/** Looking this much later than planned means that the page or the machine slept. */
const SLEPT_MS = 4_000;

/** What goes on without a connection for this long is given one, if it should have one. */
const WITHOUT_MS = 1_000;

const NO_PULSE: Pulse = { packetsReceived: 0, packetsSent: 0 };

export interface RecoveryOptions {
  polite: boolean;
  /** The current connection, if there is one. */
  connection: () => PeerConnection | null;
  /** When the server was last heard of; 0 while it cannot be reached. */
  serverHeardAt: () => number;
  /** Whether there should be one. */
  wanted: () => boolean;
  rebuild: () => void;
  sendBeat: (packetsSent: number) => void;
  /** Nothing arrives for the moment, as happens often; in so many milliseconds the server may be needed. */
  onUnease: (forMs: number) => void;
  /** Nothing arrives any more; it may be nothing. */
  onDoubt: () => void;
  /** It is not nothing. */
  onTrouble: (cause: RecoveryCause) => void;
  /** Works again. If there was trouble, nothing arrived for `gapMs` milliseconds. */
  onRecovered: (gapMs: number | undefined) => void;
}

/** Watches the connection to one peer and does what `IceRestartPolicy` decides. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #policy: IceRestartPolicy;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "watching" | "stopped" = "watching";
  #told: Health["state"] = "well";
  #dueAt = 0;
  #beatAt = 0;
  #withoutSince: number | undefined;
  /** What the other side's last beat said, and whether that was more than the one before. */
  #theirPackets = 0;
  #theySend = false;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#policy = new IceRestartPolicy(options);
    this.#schedule();
  }

  /** A beat of the other side (K3). */
  beat(packetsSent: number): void {
    this.#theySend = packetsSent > this.#theirPackets;
    this.#theirPackets = packetsSent;
  }

  /** Something has happened that a connection may not survive. */
  hint(cause: RecoveryHint): void {
    this.#policy.hint(cause, Date.now());
    clearTimeout(this.#timer);
    void this.#look();
  }

  stop(): void {
    this.#state = "stopped";
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#state === "stopped") return;
    clearTimeout(this.#timer);
    const now = Date.now();
    const wait = this.#policy.isAlert(now) ? ALERT_MS : CALM_MS;
    this.#dueAt = now + wait;
    this.#timer = setTimeout(() => {
      if (Date.now() - this.#dueAt > SLEPT_MS) this.#policy.hint("wake-up", Date.now());
      void this.#look();
    }, wait);
  }

  async #look(): Promise<void> {
    const connection = this.#options.connection();
    if (!connection) {
      this.#bearWithout();
      return this.#schedule();
    }
    this.#withoutSince = undefined;
    // A connection that somebody has closed may have no statistics, and still has a state.
    const pulse = await takePulse(connection.pc).catch(() => NO_PULSE);
    if (this.#isStopped()) return;
    if (connection === this.#options.connection()) this.#judge(connection, pulse);
    this.#schedule();
  }

  #isStopped(): boolean {
    return this.#state === "stopped";
  }

  #judge(connection: PeerConnection, pulse: Pulse): void {
    const { id, pc, channel } = connection;
    const now = Date.now();
    if (channel.state === "open" && now - this.#beatAt >= BEAT_MS - ALERT_MS) {
      this.#beatAt = now;
      this.#options.sendBeat(pulse.packetsSent);
    }
    const wasUneasy = this.#policy.isUneasy;
    const action = this.#policy.observe({
      now,
      connection: id,
      state: pc.connectionState,
      negotiating: pc.signalingState !== "stable",
      describedAt: connection.describedAt,
      channel: channel.state,
      serverHeardAt: this.#options.serverHeardAt(),
      packets: pulse.packetsReceived,
      messages: channel.received,
      mediaExpected: this.#theySend,
    });
    if (this.#policy.isUneasy && !wasUneasy) this.#options.onUnease(PROBE_MS);
    this.#tell(now, pc);
    if (action === "restart") connection.restart();
    if (action === "rebuild") this.#options.rebuild();
  }

  /** Tells of each change for the better or the worse once, in order. */
  #tell(now: number, pc: RTCPeerConnection): void {
    const before = this.#told;
    const { health } = this.#policy;
    this.#told = health.state;
    if (health.state === before) return;
    if (before === "well") this.#options.onDoubt();
    if (health.state === "recovering") this.#options.onTrouble(health.cause);
    if (health.state === "well") {
      // Whoever was not heard has most likely not heard us either.
      void sendKeyFrames(pc);
      this.#options.onRecovered(
        before === "recovering" ? now - this.#policy.silentSince : undefined,
      );
    }
  }

  /** The other side began anew and has not offered, or the browser could not make a connection. */
  #bearWithout(): void {
    const now = Date.now();
    this.#withoutSince ??= now;
    if (!this.#options.wanted() || now - this.#withoutSince < WITHOUT_MS) return;
    this.#withoutSince = now;
    this.#options.rebuild();
  }
}
