import { data as informData, type PeerInfo, ProtocolError, parse } from "@cignal/protocol";
import type { Browser } from "./browser/browser.js";
import { type CallSnapshot, takeSnapshot } from "./call-state.js";
import { type CignalData, names } from "./cignal-data.js";
import type { CignalEvents, Json } from "./cignal-events.js";
import { copyLink } from "./copy-link.js";
import { CignalError, type Outcome } from "./errors.js";
import { incomingCall } from "./incoming-call.js";
import { Emitter } from "./lib/emitter.js";
import { DeviceMemory } from "./media/device-memory.js";
import { LocalMedia } from "./media/local-media.js";
import { MediaReport } from "./media/media-report.js";
import type { Environment, Settings } from "./options.js";
import { Outcomes } from "./outcomes.js";
import type { SecurityCode } from "./peer/security-code.js";
import { OnDemandPlayback } from "./playback/on-demand-playback.js";
import { Room } from "./room.js";
import { RoomControls } from "./room-controls.js";
import { roomEvents } from "./room-events.js";
import type { SignalingChannel } from "./signaling/signaling-channel.js";
import type { TabSession } from "./signaling/tab-session.js";
import type { Scenario, ScenarioOptions } from "./simulate/simulate.js";
import { Streams } from "./streams.js";
import { isTopic, type Topic } from "./topics.js";

export interface SessionOptions {
  settings: Settings;
  tab: TabSession;
  environment: Environment;
  /** It is being opened already. */
  signaling: SignalingChannel;
  /** The room was left, by this side or by the server. */
  onClose: () => void;
}

/** One stay in a room: own media, the others, and what the page is told of them. Behind each `Cignal` is one. */
export class Session {
  /** Names and ids of both sides. */
  readonly data: CignalData;
  readonly events: Emitter<CignalEvents>;
  /** What peers say to parts of the client that a page adds, such as the chat, and not to the page (I3). */
  readonly topics: Emitter<Record<Topic, [data: Json, peer: PeerInfo]>>;
  readonly media: LocalMedia;
  readonly streams: Streams;
  readonly playback: OnDemandPlayback;
  readonly room: Room;
  readonly controls: RoomControls;
  readonly browser: Browser;
  readonly #settings: Settings;
  readonly #outcomes: Outcomes;
  readonly #report: MediaReport;
  readonly #onClose: () => void;
  readonly #stopWatchingPage: () => void;
  #stay: "begun" | "over" = "begun";
  #snapshot: CallSnapshot;

  constructor({ settings, tab, environment, signaling, onClose }: SessionOptions) {
    const { browser } = environment;
    this.browser = browser;
    this.#settings = settings;
    this.#onClose = onClose;
    this.events = new Emitter({
      onListenerError: browser.reportError,
      newestOnly: ["stateChanged", "devicesChanged", "playbackBlocked", "roomUpdated"],
    });
    this.topics = new Emitter({ onListenerError: browser.reportError });
    this.#outcomes = new Outcomes(this.events, () => this.closed);
    const memory = new DeviceMemory(settings.rememberDevices ? browser.originStorage() : undefined);
    this.media = new LocalMedia({
      browser,
      constraints: settings.mediaConstraints,
      screenRefusal: () => this.#screenRefusal(),
      memory,
      intent: tab.intent,
      attempt: (run) => this.#outcomes.attempt(run),
      onStream: (stream) => this.events.emit("localStream", stream),
      onOutbound: (outbound) => this.room.setOutbound(outbound),
      onState: (source, state) => this.events.emit("localMediaChanged", source, state),
      onIntent: (intent) => void tab.remember({ intent }),
      onDevices: (devices) => {
        this.playback.onDevices(devices.speakers.map(({ deviceId }) => deviceId));
        this.events.emit("devicesChanged", devices);
      },
      onChange: () => this.#changed(),
    });
    this.streams = new Streams(browser, this.media, () => this.room);
    this.playback = new OnDemandPlayback({
      memory,
      ownId: tab.peerId,
      others: () => this.room.peers.map(({ info }) => info.id),
      streamOf: (peerId, screen) => this.streams.of(peerId, screen),
      createAudio: browser.createAudio,
      onBlocked: () => this.events.emit("playbackBlocked"),
      attempt: (run) => this.#outcomes.attempt(run),
    });
    this.room = new Room(settings, tab, browser, signaling, {
      ...roomEvents(this.events, () => this.#changed()),
      onInformation: (peer, data, topic) => {
        if (topic === undefined) this.events.emit("information", data, { peer });
        else if (isTopic(topic)) this.topics.emit(topic, data, peer);
      },
      onMedia: (peer, media) => {
        this.events.emit("peerMediaChanged", media, { peer });
        if (media.screen !== "off") this.#giveWay(peer);
      },
      onIncoming: (peer) => {
        const { room, media } = this;
        const call = incomingCall(peer, { room, media, outcomes: this.#outcomes });
        this.events.emit("incomingCall", call, { peer });
      },
      onWaiting: (reason) => settings.onWaiting?.({ reason }),
      onChange: () => this.#changed(),
      onError: (error) => this.#outcomes.report(error),
      onEnd: () => this.close(),
    });
    const { room } = this;
    this.controls = new RoomControls({
      room,
      outcomes: this.#outcomes,
      leave: () => this.close(),
    });
    this.#report = new MediaReport({
      told: () => (this.#isTold ? room.me.media : undefined),
      states: () => this.#sources(),
      tell: async (media) => {
        await room.signaling.request("update", { media });
        room.revise({ media });
      },
    });
    this.#snapshot = this.#takeSnapshot();
    this.data = { ...names(this.#snapshot) };
    this.#stopWatchingPage = browser.watchPage({
      onHide: ({ mayReturn }) => {
        this.room.sayAway();
        if (!mayReturn) tab.letGo();
      },
      onDoubt: (why) => this.room.doubt(why),
    });
  }

  get pc(): RTCPeerConnection | null {
    return this.room.peers.find(({ callState }) => callState === "in-call")?.pc ?? null;
  }

  get closed(): boolean {
    return this.room.signaling.state === "closed";
  }

  get state(): CallSnapshot {
    return this.#snapshot;
  }

  /** Rejects with a `CignalError` when the room cannot be entered. */
  enter(): Promise<void> {
    const entered = this.room.enter();
    // The server may have refused already, or have said whose word we wait for.
    const { state } = this.room.signaling;
    if (this.#settings.startsAtOnce && state !== "closed" && state !== "waiting") {
      void this.media.start();
    }
    return entered.then(() => {
      if (this.room.me.inspector) this.media.stop();
      else if (!this.#settings.rings && !this.closed) void this.media.start();
    });
  }

  /** Once is enough, also for a listener that leaves when it hears of it. */
  close(): void {
    if (this.#stay === "over") return;
    this.#stay = "over";
    this.#onClose();
    this.#stopWatchingPage();
    this.#report.stop();
    this.room.leave();
    this.media.stop();
    this.playback.end();
  }

  joinRoom(): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      this.#refuseInspector();
      void this.media.start();
      const calls = await Promise.allSettled(this.room.somebody().map((peer) => peer.call()));
      const errors = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
      if (errors.length === calls.length) throw errors[0];
      for (const error of errors) this.#outcomes.report(error);
    });
  }

  cancelCall(): void {
    for (const peer of this.room.peers) peer.cancel();
  }

  inform(data: Json, to: string | undefined, topic?: Topic): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      this.#refuseInspector();
      const checked = parse(informData, data);
      if (checked instanceof ProtocolError) {
        throw new CignalError("bad-argument", `inform(data): ${checked.message}.`, {
          field: "data",
        });
      }
      await Promise.all(this.room.somebody(to).map((peer) => peer.inform(checked, topic)));
    });
  }

  setICEServers(iceServers: RTCIceServer[]): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      await this.room.signaling.request("set-ice-servers", { iceServers });
    });
  }

  async securityCode(peerId?: string): Promise<SecurityCode> {
    const peers = this.room.somebody(peerId);
    const { connection } = peers.find(({ callState }) => callState === "in-call") ?? peers[0] ?? {};
    const { securityCode } = await import("./peer/security-code.js");
    const result = await securityCode(connection, this.browser.subtleCrypto());
    if ("code" in result) throw new CignalError(result.code, result.message, result);
    return result;
  }

  simulate(scenario: Scenario, options?: ScenarioOptions): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      const { simulate } = await import("./simulate/simulate.js");
      const problem = await simulate(this.room, scenario, options);
      if (problem) throw new CignalError("bad-argument", problem, { field: "scenario" });
    });
  }

  copyLink(link: string): Promise<Outcome> {
    return this.#outcomes.attempt(async () => {
      await copyLink(this.browser, String(link));
    });
  }

  /** Whether what we tell of ourselves reaches the others now. */
  get #isTold(): boolean {
    const { signaling, door, me } = this.room;
    return signaling.state === "joined" && door.info !== undefined && !me.inspector;
  }

  #refuseInspector(): void {
    if (!this.room.me.inspector) return;
    throw new CignalError("forbidden", "An inspector only watches, and takes part in nothing.");
  }

  #screenRefusal(): CignalError | undefined {
    const sharer = this.room.peers.find(({ media }) => media.screen !== "off");
    if (!sharer || this.#settings.manyScreens) return undefined;
    const problem = `${sharer.info.name} is sharing a screen already. Try again when they have stopped.`;
    return new CignalError("screen-busy", problem, { device: "screen", retryable: true });
  }

  /** Both have begun to share at once (P8). */
  #giveWay(peer: PeerInfo): void {
    const refusal = this.#screenRefusal();
    if (!refusal || !this.media.screen.track || this.room.me.id > peer.id) return;
    this.media.screen.stop();
    this.#outcomes.report(refusal);
  }

  #changed(): void {
    const { inCall } = this.#snapshot;
    this.#snapshot = this.#takeSnapshot();
    // Whoever is called next shall not see at once what was meant for the one before.
    if (inCall && !this.#snapshot.inCall) this.media.screen.stop();
    this.room.showInspectors(this.#snapshot.inCall);
    this.#report.note();
    Object.assign(this.data, names(this.#snapshot));
    this.playback.update();
    this.events.emit("stateChanged", this.#snapshot);
  }

  #takeSnapshot(): CallSnapshot {
    const { me, peers, signaling, id, door } = this.room;
    return takeSnapshot({
      roomId: id,
      me,
      ...this.#sources(),
      peers,
      signaling: signaling.state,
      room: door.info,
      waiting: door.knocking,
    });
  }

  #sources(): Pick<CallSnapshot, "microphone" | "camera" | "screen"> {
    const { microphone, camera, screen } = this.media;
    return { microphone: microphone.state, camera: camera.state, screen: screen.state };
  }
}
