/**
 * Why a connection needs help:
 * - `disconnected`, `failed`: the browser says so
 * - `silence`: nothing arrives, whatever the browser says
 * - `network-change`, `wake-up`: nothing arrives, right after one of these
 * - `channel-closed`: what is left of the connection cannot carry messages any more
 * - `page-hidden`: the other side's page is being reloaded, or has gone
 */
export type RecoveryCause =
  | "disconnected"
  | "failed"
  | "silence"
  | "network-change"
  | "wake-up"
  | "channel-closed"
  | "page-hidden";

/** What makes silence suspicious sooner. Hints, never verdicts. */
export type RecoveryHint = Extract<RecoveryCause, "network-change" | "wake-up" | "page-hidden">;

/** A connection at one moment. Times are in milliseconds, counters count up from 0. */
export interface Observation {
  now: number;
  /** Which connection: the counters of another one start anew. */
  connection: string;
  state: RTCPeerConnectionState;
  /** Whether an offer of ours waits for its answer, or one of theirs is being answered. */
  negotiating: boolean;
  /** When their last offer or answer was put in place. */
  describedAt: number;
  channel: RTCDataChannelState;
  /** When the server was last heard of; 0 while it cannot be reached. */
  serverHeardAt: number;
  /** RTP packets that arrived. */
  packets: number;
  /** Messages that arrived over the data channel. */
  messages: number;
  /** Whether the other side sends media, by its own word. */
  mediaExpected: boolean;
}

/** `restart`: gather anew and find another path. `rebuild`: make another connection. */
export type RecoveryAction = "restart" | "rebuild" | "none";

/**
 * How the connection does:
 * - `well`
 * - `doubtful`: something is being done, of which nobody may notice anything
 * - `recovering`: it takes so long that the page is told
 */
export type Health =
  | { readonly state: "well" }
  | { readonly state: "doubtful" | "recovering"; readonly cause: RecoveryCause };

/** How long each sign is borne, in milliseconds. */
const BEAR = { disconnected: 1_500, media: 1_000, beats: 3_000, deaf: 3_000, hinted: 300 };

/** Silence this long is a reason to see whether the server is there, so that it is known when it is needed. */
const UNEASY_MS = 500;

/** How long the server has to answer, in milliseconds: until the silence is trouble. */
export const PROBE_MS = BEAR.media - UNEASY_MS;

/** Silence has this long to end before the page is told. */
const QUIETLY_MS = 500;

/** How often something must arrive after an outage, without a longer pause than this: once may be a leftover. */
const STEADY = { times: 2, pauseMs: 2_000 };

/** How long somebody who said that they go away is waited for before something is done. */
const AWAY_MS = 12_000;

/** The peer that gives way in glare also waits a little, so that one restart does for both. */
const POLITE_MS = 400;

/** How long after their description a restart of theirs may still be at work. */
const UNDER_WAY_MS = 1_000;

/** How long a hint makes us alert. */
const ALERT_MS = 5_000;

/** How long each answered attempt has to bring something back: the first often fails for being early, the rest do not. */
const PATIENCE_MS = [2_000, 3_000, 4_000];
const PATIENCE_IN_THE_END_MS = 6_000;

/** A hint during recovery is acted on, but hints come in flocks. */
const FLOCK_MS = 500;

/** How long an attempt takes to show in the states. */
const SETTLE_MS = 500;

/** How many answered restarts may fail before the connection is made anew. */
const RESTARTS = 2;

interface Trouble {
  readonly cause: RecoveryCause;
  readonly since: number;
  /** When it was asked whether the server is there. */
  readonly askedAt: number;
  /** How often something has arrived again, and when it last did. */
  heard: number;
  heardAt: number;
  attempts: number;
  /** Restarts of this very connection. */
  restarts: number;
  /** When the last attempt was made; its answer starts the wait for its effect. */
  attemptedAt: number;
  answeredAt: number | undefined;
}

/**
 * Decides when a connection needs an ICE restart (RFC 8445, section 9) or has to be made anew. What is received decides,
 * not what a state says: Chromium and Firefox may call a connection connected that carries nothing. Pure but for its
 * memory: observations in, actions out.
 */
export class IceRestartPolicy {
  readonly #extra: number;
  #now = 0;
  #connection: string | undefined;
  #packets = 0;
  #messages = 0;
  #connected = false;
  /** When something last arrived, and when media did. */
  #heardAt = 0;
  #mediaAt = 0;
  #disconnectedAt: number | undefined;
  #uneasySince: number | undefined;
  #hint: { cause: RecoveryHint; at: number } | undefined;
  #trouble: Trouble | undefined;
  /** Since when nothing arrives. */
  #silentSince = 0;

  constructor({ polite }: { polite: boolean }) {
    this.#extra = polite ? POLITE_MS : 0;
  }

  get health(): Health {
    if (!this.#trouble) return { state: "well" };
    const { cause, since } = this.#trouble;
    const evident = cause !== "silence" && cause !== "network-change" && cause !== "wake-up";
    const told = evident || this.#now - since >= QUIETLY_MS;
    return { state: told ? "recovering" : "doubtful", cause };
  }

  /** When the last sign of life came before the trouble that is on. */
  get silentSince(): number {
    return this.#silentSince;
  }

  /** Whether nothing has arrived for a while, which is not trouble yet. */
  get isUneasy(): boolean {
    return this.#uneasySince !== undefined;
  }

  /** Whether it is worth looking often. */
  isAlert(now: number): boolean {
    const hinted = this.#hint !== undefined && now - this.#hint.at < ALERT_MS;
    return this.#trouble !== undefined || this.isUneasy || hinted;
  }

  hint(cause: RecoveryHint, now: number): void {
    this.#hint = { cause, at: now };
  }

  observe(seen: Observation): RecoveryAction {
    this.#now = seen.now;
    const works = this.#listen(seen) && seen.state === "connected" && seen.channel !== "closed";
    if (this.#trouble) {
      if (!works) return this.#goOn(this.#trouble, seen);
      this.#hear(this.#trouble, seen.now);
      return "none";
    }
    const cause = this.#diagnose(seen);
    if (!cause) return "none";
    this.#hint = undefined;
    this.#silentSince = this.#mediaAt;
    this.#trouble = {
      cause,
      since: seen.now,
      askedAt: this.#uneasySince ?? seen.now,
      heard: 0,
      heardAt: 0,
      attempts: 0,
      restarts: 0,
      attemptedAt: seen.now,
      answeredAt: undefined,
    };
    return this.#goOn(this.#trouble, seen);
  }

  /** Whether that came which shows that the connection works. */
  #listen({ now, connection, state, packets, messages, mediaExpected }: Observation): boolean {
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#packets = 0;
      this.#messages = 0;
      this.#connected = false;
      this.#disconnectedAt = undefined;
      if (this.#trouble) this.#trouble.restarts = 0;
    }
    const media = packets !== this.#packets;
    const any = media || messages !== this.#messages;
    this.#packets = packets;
    this.#messages = messages;
    const first = state === "connected" && !this.#connected;
    if (first) this.#connected = true;
    if (any || first) this.#heardAt = now;
    if (media || first || !mediaExpected) this.#mediaAt = now;
    const uneasy = mediaExpected && this.#connected && now - this.#heardAt >= UNEASY_MS;
    this.#uneasySince = uneasy ? (this.#uneasySince ?? now) : undefined;
    if (state !== "disconnected") this.#disconnectedAt = undefined;
    else this.#disconnectedAt ??= now;
    return mediaExpected ? media : any;
  }

  #hear(trouble: Trouble, now: number): void {
    if (now - trouble.heardAt > STEADY.pauseMs) trouble.heard = 0;
    trouble.heardAt = now;
    trouble.heard++;
    if (trouble.heard === STEADY.times) this.#trouble = undefined;
  }

  #diagnose({ now, state, channel, mediaExpected }: Observation): RecoveryCause | undefined {
    if (this.#hint?.cause === "page-hidden") return "page-hidden";
    if (state === "failed" || state === "closed") return "failed";
    const disconnected =
      this.#disconnectedAt !== undefined && now - this.#disconnectedAt >= BEAR.disconnected;
    // It may have been connected too shortly for us to see it.
    if (!this.#connected) return disconnected ? "disconnected" : undefined;
    if (channel === "closed") return "channel-closed";
    const hint = this.#hint && now - this.#hint.at < ALERT_MS ? this.#hint : undefined;
    const silence = now - this.#heardAt;
    if (hint && silence >= BEAR.hinted && now - hint.at >= BEAR.hinted) {
      // Without media the next sign of life is a beat, which may be a second away.
      if (mediaExpected || silence >= BEAR.media) return hint.cause;
    }
    if (disconnected) return "disconnected";
    if (silence >= (mediaExpected ? BEAR.media : BEAR.beats)) return "silence";
    return now - this.#mediaAt >= BEAR.deaf ? "silence" : undefined;
  }

  #goOn(trouble: Trouble, seen: Observation): RecoveryAction {
    const { now, negotiating, state, channel } = seen;
    const since = now - trouble.attemptedAt;
    if (this.#hint && this.#hint.at > trouble.attemptedAt && since >= FLOCK_MS) {
      return this.#attempt(trouble, seen);
    }
    // Who reloads comes back with a new session (PROTOCOL.md, D7).
    if (trouble.cause === "page-hidden" && since < AWAY_MS) return "none";
    // Without a way to the other side an offer would wait with stale candidates, and meet theirs when both come through.
    if (seen.serverHeardAt < trouble.askedAt) return "none";
    if (trouble.attempts === 0) return this.#begin(trouble, seen);
    const useless = state === "closed" || channel === "closed";
    if (useless && since >= SETTLE_MS) return this.#attempt(trouble, seen);
    // An attempt begins in a task of its own. Without an answer another one would say nothing new.
    if (negotiating || since < SETTLE_MS) {
      trouble.answeredAt = undefined;
      return "none";
    }
    trouble.answeredAt ??= now;
    const patience = PATIENCE_MS[trouble.attempts - 1] ?? PATIENCE_IN_THE_END_MS;
    const wait = patience + this.#extra;
    return now - trouble.answeredAt < wait ? "none" : this.#attempt(trouble, seen);
  }

  /** A restart of the other side's that is under way serves both. */
  #begin(trouble: Trouble, seen: Observation): RecoveryAction {
    const { now, negotiating, describedAt } = seen;
    if (negotiating || now - describedAt < UNDER_WAY_MS) {
      trouble.attempts = 1;
      trouble.attemptedAt = now;
      return "none";
    }
    const patient = trouble.cause === "silence" && now - trouble.since < this.#extra;
    return patient ? "none" : this.#attempt(trouble, seen);
  }

  #attempt(trouble: Trouble, { now, state, channel }: Observation): RecoveryAction {
    trouble.attemptedAt = now;
    trouble.answeredAt = undefined;
    trouble.attempts++;
    const useless = state === "closed" || channel === "closed" || trouble.restarts >= RESTARTS;
    if (useless) return "rebuild";
    trouble.restarts++;
    return "restart";
  }
}
