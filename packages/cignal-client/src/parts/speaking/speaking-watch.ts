import type { PeerInfo } from "@cignal/protocol";
import type { Ear } from "../../browser/ear.js";
import type { AboutPeer } from "../../cignal-events.js";
import { Emitter } from "../../lib/emitter.js";
import { SteadyClock } from "../../lib/steady-clock.js";
import type { Session } from "../../session.js";
import { ActiveSpeaker } from "./active-speaker.js";
import { Lasting } from "./lasting.js";
import { loudness } from "./loudness.js";
import { RemoteLevel } from "./remote-level.js";
import { Voice } from "./voice.js";

export interface SpeakingOptions {
  /**
   * Whether the own microphone is heard while it is muted, on this page alone, to tell that somebody talks in vain.
   * Default: `true`.
   */
  whileMuted?: boolean;
  /** How long a microphone that is on may give nothing at all before that is told, in milliseconds. Default: 5,000. */
  silentAfterMs?: number;
}

export interface SpeakingEvents {
  /** Somebody has begun or stopped speaking; oneself, too, unless muted. */
  speaking: [isSpeaking: boolean, about: AboutPeer];
  /** Who of the others speaks, or has spoken last; `undefined` when they have left. It does not jump at a cough. */
  activeSpeaker: [peer: Readonly<PeerInfo> | undefined];
  /** One talks, and is muted; and no longer so. */
  talkingWhileMuted: [isTalking: boolean];
  /** The microphone is on and gives nothing, not even noise, as one that is switched off at its cable; and no longer so. */
  silentMicrophone: [isSilent: boolean];
  /** The browser lets the page hear the own microphone only after a click anywhere, or `resume()` in one; and no longer so. */
  suspended: [isSuspended: boolean];
}

/** How often it listens, in milliseconds. */
const LISTEN_MS = 60;

/** Less than the noise of any microphone. */
const NOTHING = 1e-5;

interface Sound {
  info: Readonly<PeerInfo>;
  readonly voice: Voice;
  readonly remote: RemoteLevel;
  level: number;
}

/** Listens to everybody in the call, and to the own microphone. */
export class SpeakingWatch {
  readonly #session: Session;
  readonly #openEar: (track: MediaStreamTrack) => Ear | undefined;
  readonly #whileMuted: boolean;
  readonly #events: Emitter<SpeakingEvents>;
  readonly #untap: () => void;
  readonly #clock = new SteadyClock();
  readonly #others = new Map<string, Sound>();
  readonly #active = new ActiveSpeaker();
  readonly #talking = new Lasting(300, 1_500);
  readonly #silent: Lasting;
  readonly #suspended = new Lasting(300, 0);
  #own: Sound;
  #ear: { readonly of: MediaStreamTrack; readonly ear: Ear | undefined } | undefined;
  #wasMuted = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #state: "open" | "closed" = "open";

  /** @internal `openEar` hears a track. */
  constructor(
    session: Session,
    openEar: (track: MediaStreamTrack) => Ear | undefined,
    { whileMuted = true, silentAfterMs = 5_000 }: SpeakingOptions = {},
  ) {
    if (typeof whileMuted !== "boolean") {
      throw new TypeError("watchSpeaking(cignal, { whileMuted }): expected true or false");
    }
    if (typeof silentAfterMs !== "number" || !(silentAfterMs >= 500)) {
      throw new TypeError("watchSpeaking(cignal, { silentAfterMs }): expected 500 or more");
    }
    this.#session = session;
    this.#openEar = openEar;
    this.#whileMuted = whileMuted;
    this.#silent = new Lasting(silentAfterMs, 0);
    this.#events = new Emitter({
      onListenerError: session.browser.reportError,
      newestOnly: ["activeSpeaker", "talkingWhileMuted", "silentMicrophone", "suspended"],
    });
    this.#own = soundOf(session.room.me);
    this.#untap = session.events.tap((...[name]) => {
      if (name === "stateChanged") this.#update();
    });
    this.#update();
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof SpeakingEvents>(
    name: Name,
    listener: (...args: SpeakingEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** How loud somebody is, also oneself, from 0 (nothing to be heard, muted, or nobody) to 1, as people hear it. */
  level(peerId: string): number {
    return loudness(this.#find(peerId)?.level ?? 0);
  }

  isSpeaking(peerId: string): boolean {
    return this.#find(peerId)?.voice.isSpeaking ?? false;
  }

  /** Who of the others speaks, or has spoken last. */
  get activeSpeaker(): Readonly<PeerInfo> | undefined {
    return this.#others.get(this.#active.id ?? "")?.info;
  }

  /** Call it in a click, while `suspended`; a click anywhere does the same. */
  async resume(): Promise<void> {
    await this.#ear?.ear?.resume();
  }

  /** Hears no more. Leaving the room does the same. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#untap();
    clearInterval(this.#timer);
    this.#hearMicrophone(null);
    for (const id of [...this.#others.keys()]) this.#forget(id);
  }

  #find(peerId: string): Sound | undefined {
    return peerId === this.#session.room.me.id ? this.#own : this.#others.get(peerId);
  }

  /** Who is heard is another one, or the microphone is. */
  #update(): void {
    const { room, media, closed } = this.#session;
    if (closed) return this.close();
    // Another object when one is renamed; that of a peer stays the same.
    this.#own.info = room.me;
    const talking = room.peers.filter(({ callState }) => callState === "in-call");
    const ids = talking.map(({ info }) => info.id);
    for (const id of [...this.#others.keys()]) if (!ids.includes(id)) this.#forget(id);
    // Whoever has heard that they are gone may have closed this.
    if (this.#state === "closed") return;
    for (const { info } of talking) {
      if (!this.#others.has(info.id)) this.#others.set(info.id, soundOf(info));
    }
    const { state, track } = media.microphone;
    const isHeard = state === "live" || (state === "muted" && this.#whileMuted);
    // At once: the device is free only when nobody has it any more.
    this.#hearMicrophone(isHeard ? track : null);
    const isNeeded = this.#others.size > 0 || this.#ear !== undefined;
    if (isNeeded) this.#timer ??= setInterval(() => this.#listen(), LISTEN_MS);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #hearMicrophone(track: MediaStreamTrack | null): void {
    if ((this.#ear?.of ?? null) === track) return;
    this.#ear?.ear?.close();
    this.#ear = track ? { of: track, ear: this.#openEar(track) } : undefined;
    if (track) return;
    if (this.#own.voice.isSpeaking && this.#session.media.microphone.state !== "muted") {
      this.#events.emit("speaking", false, { peer: this.#own.info });
    }
    this.#own = soundOf(this.#session.room.me);
    this.#tell("talkingWhileMuted", this.#talking.end());
    this.#tell("silentMicrophone", this.#silent.end());
    this.#tell("suspended", this.#suspended.end());
  }

  #forget(id: string): void {
    const sound = this.#others.get(id);
    this.#others.delete(id);
    if (sound?.voice.isSpeaking) this.#events.emit("speaking", false, { peer: sound.info });
    if (this.#active.id === id) this.#findActive(this.#clock.now());
  }

  #listen(): void {
    const now = this.#clock.now();
    this.#listenToOwn(now);
    for (const { info, media, connection } of this.#session.room.peers) {
      const sound = this.#others.get(info.id);
      if (!sound) continue;
      sound.level = media.microphone === "on" ? sound.remote.read(connection, now) : 0;
      this.#hear(sound, now);
    }
    this.#findActive(now);
  }

  #listenToOwn(now: number): void {
    if (!this.#ear) return;
    const { ear } = this.#ear;
    const level = ear?.level();
    const isMuted = this.#session.media.microphone.state === "muted";
    this.#tell("suspended", this.#suspended.see(ear !== undefined && level === undefined, now));
    if (level === undefined) return;
    this.#tell("silentMicrophone", this.#silent.see(!isMuted && level < NOTHING, now));
    this.#own.level = isMuted ? 0 : level;
    if (isMuted) {
      const { voice, info } = this.#own;
      const before = voice.isSpeaking && !this.#wasMuted;
      this.#tell("talkingWhileMuted", this.#talking.see(voice.hear(level, now), now));
      if (before) this.#events.emit("speaking", false, { peer: info });
    } else {
      this.#tell("talkingWhileMuted", this.#talking.end());
      this.#hear(this.#own, now, this.#wasMuted);
    }
    this.#wasMuted = isMuted;
  }

  /** `anew`: what was heard before was not for others. */
  #hear(sound: Sound, now: number, anew = false): void {
    const before = !anew && sound.voice.isSpeaking;
    const isSpeaking = sound.voice.hear(sound.level, now);
    if (isSpeaking !== before) this.#events.emit("speaking", isSpeaking, { peer: sound.info });
  }

  #findActive(now: number): void {
    const before = this.#active.id;
    const heard = [...this.#others].map(
      ([id, { level, voice }]) =>
        [id, { loudness: loudness(level), isSpeaking: voice.isSpeaking }] as const,
    );
    if (this.#active.hear(new Map(heard), now) === before) return;
    this.#events.emit("activeSpeaker", this.activeSpeaker);
  }

  #tell(
    name: "talkingWhileMuted" | "silentMicrophone" | "suspended",
    news: boolean | undefined,
  ): void {
    if (news !== undefined) this.#events.emit(name, news);
  }
}

const soundOf = (info: Readonly<PeerInfo>): Sound => ({
  info,
  voice: new Voice(),
  remote: new RemoteLevel(),
  level: 0,
});
