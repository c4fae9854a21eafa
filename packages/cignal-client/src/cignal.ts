import {
  data as informData,
  PROTOCOL_VERSIONS,
  ProtocolError,
  parse,
  parseNamed,
  serverMessages,
} from "@cignal/protocol";
import { type Browser, browser as realBrowser } from "./browser/browser.js";
import { type CallSnapshot, takeSnapshot } from "./call-state.js";
import type { CheckOptions } from "./check/check-connection.js";
import type { Wire } from "./check/check-signaling.js";
import type { ConnectionReport } from "./check/report.js";
import { type CignalData, names } from "./cignal-data.js";
import type { CignalEvents, Json } from "./cignal-events.js";
import { copyLink } from "./copy-link.js";
import { CignalError, type Outcome } from "./errors.js";
import { incomingCall } from "./incoming-call.js";
import { Emitter } from "./lib/emitter.js";
import { LocalMedia } from "./media/local-media.js";
import type { LocalSource } from "./media/source.js";
import { type CignalOptions, type Environment, readOptions, type Settings } from "./options.js";
import { Outcomes } from "./outcomes.js";
import type { SecurityCode } from "./peer/security-code.js";
import { Room } from "./room.js";
import { roomEvents } from "./room-events.js";
import { openSocket, type SignalingSocket } from "./signaling/socket.js";
import { TabSession } from "./signaling/tab-session.js";
import type { Scenario, ScenarioOptions } from "./simulate/simulate.js";

const realEnvironment: Environment = { browser: realBrowser, openSocket };

/** One room and the calls in it. Make it with `Cignal.createRoom`. */
export class Cignal {
  /** The room's id, for the link that you send. */
  readonly id: string;
  /** Names and ids of both sides. */
  readonly data: CignalData;
  readonly #browser: Browser;
  readonly #rings: boolean;
  readonly #events: Emitter<CignalEvents>;
  readonly #outcomes: Outcomes;
  readonly #media: LocalMedia;
  readonly #room: Room;
  readonly #stopWatchingPage: () => void;
  readonly #over = new AbortController();
  #snapshot: CallSnapshot;

  /**
   * Enters a room, making it if it is new, and asks for microphone and camera meanwhile.
   *
   * Rejects with a `TypeError` if an option is wrong, and with a `CignalError` if the room cannot be entered:
   * `server-unreachable`, `not-a-cignal-server`, `room-full`, `peer-id-taken`, `incompatible-version`, `unauthorized`
   * and others that the server names. A device that cannot be had is a `clientError` event; the call goes on without.
   */
  static async createRoom(
    options: CignalOptions = {},
    environment: Environment = realEnvironment,
  ): Promise<Cignal> {
    const { browser } = environment;
    const { signal } = options;
    const settings = readOptions(options, browser);
    signal?.throwIfAborted();
    const found = TabSession.open({ browser, ...settings });
    // Only a reload waits: whoever comes for the first time starts at once.
    const tab = found instanceof TabSession ? found : await found;
    if (signal?.aborted) tab.letGo();
    signal?.throwIfAborted();
    const cignal = new Cignal(settings, tab, environment);
    // A signal may outlive many rooms, and must not keep them.
    signal?.addEventListener("abort", () => cignal.#close(), { signal: cignal.#over.signal });
    try {
      await cignal.#enter();
    } finally {
      signal?.throwIfAborted();
    }
    return cignal;
  }

  /**
   * Checks, before a call and without entering a room, what a call needs: the Cignal server, the STUN and TURN servers,
   * microphone and camera. Rejects with a `TypeError` if an option is wrong; what fails is in the report.
   */
  static async checkConnection(
    options: CheckOptions = {},
    environment: Environment = realEnvironment,
  ): Promise<ConnectionReport> {
    const settings = readOptions(options, environment.browser);
    const { checkConnection } = await import("./check/check-connection.js");
    const read: Wire["read"] = (...message) => parseNamed(serverMessages, ...message);
    const wire = { versions: PROTOCOL_VERSIONS, read };
    return checkConnection(settings, environment, wire, options.iceServers);
  }

  private constructor(settings: Settings, tab: TabSession, environment: Environment) {
    const { browser } = environment;
    this.id = settings.roomId;
    this.#rings = settings.rings;
    this.#browser = browser;
    this.#events = new Emitter({
      onListenerError: browser.reportError,
      newestOnly: ["stateChanged"],
    });
    this.#outcomes = new Outcomes(this.#events, () => this.closed);
    this.#media = new LocalMedia({
      browser,
      constraints: settings.mediaConstraints,
      attempt: (run) => this.#outcomes.attempt(run),
      onStream: (stream) => this.#events.emit("localStream", stream),
      onOutbound: (outbound) => this.#room.setOutbound(outbound),
      onChange: () => this.#changed(),
    });
    this.#room = new Room(settings, tab, environment, {
      ...roomEvents(this.#events),
      onIncoming: (peer) => {
        const call = incomingCall(peer, {
          room: this.#room,
          media: this.#media,
          outcomes: this.#outcomes,
        });
        this.#events.emit("incomingCall", call, { peer });
      },
      onChange: () => this.#changed(),
      onError: (error) => this.#outcomes.report(error),
      onEnd: () => this.#close(),
    });
    this.#snapshot = this.#takeSnapshot();
    this.data = { ...names(this.#snapshot) };
    this.#stopWatchingPage = browser.watchPage({
      onHide: ({ mayReturn }) => {
        this.#room.sayAway();
        if (!mayReturn) tab.letGo();
      },
      onDoubt: (why) => this.#room.doubt(why),
    });
  }

  /** The connection of the call; `null` until it begins. */
  get pc(): RTCPeerConnection | null {
    return this.#room.peers.find(({ callState }) => callState === "in-call")?.pc ?? null;
  }

  /** Whether the room was left, by this side or by the server. */
  get closed(): boolean {
    return this.#room.signaling.state === "closed";
  }

  /** The Socket.IO socket underneath. */
  get socket(): SignalingSocket {
    return this.#room.signaling.socket;
  }

  /** Own microphone: mute it, switch it off, choose another one. */
  get microphone(): LocalSource {
    return this.#media.microphone;
  }

  /** Own camera. Switched off, it is released and its light goes out. */
  get camera(): LocalSource {
    return this.#media.camera;
  }

  /** What microphone and camera capture; `null` until they do, and after leaving. */
  get localMedia(): MediaStream | null {
    return this.#media.stream;
  }

  /** Everything that a page may show; the same object until something changes. */
  get state(): CallSnapshot {
    return this.#snapshot;
  }

  /**
   * Adds a listener and returns what removes it. Events that came before the first listener are delivered to it, so
   * nothing is missed. A listener that throws harms no other.
   */
  on<Name extends keyof CignalEvents>(
    name: Name,
    listener: (...args: CignalEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Adds a listener for one event and returns what removes it. */
  once<Name extends keyof CignalEvents>(
    name: Name,
    listener: (...args: CignalEvents[Name]) => void,
  ): () => void {
    return this.#events.once(name, listener);
  }

  /**
   * Starts the call with everybody who is here. Fails with `nobody-here`, or with `connection-failed` if nobody could be
   * reached.
   */
  joinRoom(): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      void this.#media.start();
      const calls = await Promise.allSettled(this.#room.somebody().map((peer) => peer.call()));
      const errors = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
      if (errors.length === calls.length) throw errors[0];
      for (const error of errors) this.#outcomes.report(error);
    });
  }

  /** Takes the call back while it has not been answered. */
  cancelCall(): void {
    for (const peer of this.#room.peers) peer.cancel();
  }

  /** Hangs up, releases microphone and camera, and leaves the room. Never fails; a second call does nothing. */
  async leaveRoom(): Promise<Outcome> {
    this.#close();
    return { success: true };
  }

  /**
   * Sends any JSON, at most 65,536 characters, to everybody or to the peer with the id `to`; they get `information`.
   * Peer to peer once connected, through the server before. It arrives once and in order, also while either side is
   * cut off for a while. What fails is not sent again, though a copy that was on its way may still arrive.
   */
  inform(data: Json, { to }: { to?: string } = {}): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      const checked = parse(informData, data);
      if (checked instanceof ProtocolError) {
        throw new CignalError("bad-argument", `inform(data): ${checked.message}.`, {
          field: "data",
        });
      }
      await Promise.all(this.#room.somebody(to).map((peer) => peer.inform(checked)));
    });
  }

  /** Sets the STUN and TURN servers of this room, for everybody in it and whoever joins later. */
  setICEServers(iceServers: RTCIceServer[]): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      await this.#room.signaling.request("set-ice-servers", { iceServers });
    });
  }

  /**
   * Four pictures and a number that are the same on both sides of a call, unless somebody sits between them: compare them
   * by voice. Of the peer with this id, by default of the one in the call. Rejects with a `CignalError`: `nobody-here`
   * while there is no connection, `insecure-page` where browsers have no cryptography.
   */
  async securityCode(peerId?: string): Promise<SecurityCode> {
    const peers = this.#room.somebody(peerId);
    const { connection } = peers.find(({ callState }) => callState === "in-call") ?? peers[0] ?? {};
    const { securityCode } = await import("./peer/security-code.js");
    const result = await securityCode(connection, this.#browser.subtleCrypto());
    if ("code" in result) throw new CignalError(result.code, result.message, result);
    return result;
  }

  /**
   * Does to this side what networks do, for tests of your own: "signaling-loss", "ice-failure", "renegotiation" or
   * "slow-link". Resolves when the scenario is over.
   */
  simulate(scenario: Scenario, options?: ScenarioOptions): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      const { simulate } = await import("./simulate/simulate.js");
      const problem = await simulate(this.#room, scenario, options);
      if (problem) throw new CignalError("bad-argument", problem, { field: "scenario" });
    });
  }

  /** Puts a link on the clipboard. Browsers allow it on https and localhost, after a click. */
  copyLink(link: string): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      await copyLink(this.#browser, String(link));
    });
  }

  #enter(): Promise<void> {
    const entered = this.#room.enter();
    if (!this.#rings) void this.#media.start();
    this.#browser.startWebRTC();
    return entered;
  }

  #close(): void {
    this.#over.abort();
    this.#stopWatchingPage();
    this.#room.leave();
    this.#media.stop();
  }

  #changed(): void {
    this.#snapshot = this.#takeSnapshot();
    Object.assign(this.data, names(this.#snapshot));
    this.#events.emit("stateChanged", this.#snapshot);
  }

  #takeSnapshot(): CallSnapshot {
    const { me, peers, signaling } = this.#room;
    const { microphone, camera } = this.#media;
    const sources = { microphone: microphone.state, camera: camera.state };
    return takeSnapshot({ roomId: this.id, me, ...sources, peers, signaling: signaling.state });
  }
}
