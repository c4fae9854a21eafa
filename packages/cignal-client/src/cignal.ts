import { PROTOCOL_VERSIONS, parseNamed, serverMessages } from "@cignal/protocol";
import { browser as realBrowser } from "./browser/browser.js";
import type { CallSnapshot, PeerSnapshot } from "./call-state.js";
import type { CheckOptions } from "./check/check-connection.js";
import type { Wire } from "./check/check-signaling.js";
import type { ConnectionReport } from "./check/report.js";
import type { CignalData } from "./cignal-data.js";
import type { CignalEvents, Json } from "./cignal-events.js";
import { enterRoom, openSignaling } from "./enter-room.js";
import type { Outcome } from "./errors.js";
import type { LocalSource } from "./media/local-source.js";
import { checkQuality, type Quality } from "./media/quality-options.js";
import type { LocalScreen } from "./media/screen.js";
import { type CignalOptions, type Environment, readOptions } from "./options.js";
import type { SecurityCode } from "./peer/security-code.js";
import type { AttachOptions } from "./playback/attachment.js";
import type { RoomControls, SelfUpdate } from "./room-controls.js";
import type { Session } from "./session.js";
import { openSocket, type SignalingSocket } from "./signaling/socket.js";
import type { Scenario, ScenarioOptions } from "./simulate/simulate.js";
import type { RoomPresence, RoomWatch, WatchOptions } from "./watch/watch-room.js";

const realEnvironment: Environment = { browser: realBrowser, openSocket };

/** One room and the calls in it. Make it with `Cignal.createRoom`. */
export class Cignal {
  /** The room's id, for the link that you send. */
  readonly id: string;
  /** Names and ids of both sides. */
  readonly data: CignalData;
  /** @internal What parts that a page adds, such as the chat, work with (parts/inside.ts). */
  readonly session: Session;

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
    return new Cignal(await enterRoom(options, environment));
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

  /**
   * Tells how a room is, at once and at each change, without entering it: no membership, no camera. Resolves with the first
   * answer. Rejects like `createRoom`, and with `forbidden` where the server tells nobody; later failures of this kind go
   * to `onEnd`.
   */
  static async watchRoom(
    options: WatchOptions,
    listener: (presence: RoomPresence) => void,
    environment: Environment = realEnvironment,
  ): Promise<RoomWatch> {
    const { watchRoom } = await import("./watch/watch-room.js");
    return watchRoom(options, listener, environment, { readOptions, openSignaling });
  }

  private constructor(session: Session) {
    this.session = session;
    this.id = session.room.id;
    this.data = session.data;
  }

  /** The connection of the call; `null` until it begins. */
  get pc(): RTCPeerConnection | null {
    return this.session.pc;
  }

  /** Whether the room was left, by this side or by the server. */
  get closed(): boolean {
    return this.session.closed;
  }

  /** The Socket.IO socket underneath. */
  get socket(): SignalingSocket {
    return this.session.room.signaling.socket;
  }

  /** What hosts may do with their room: lock it, let in who knocks, put somebody out. */
  get room(): RoomControls {
    return this.session.controls;
  }

  /** Own microphone: mute it, switch it off, choose another one. */
  get microphone(): LocalSource {
    return this.session.media.microphone;
  }

  /** Own camera. Switched off, it is released and its light goes out. */
  get camera(): LocalSource {
    return this.session.media.camera;
  }

  /** What is shared of the own screen, beside the camera. */
  get screen(): LocalScreen {
    return this.session.media.screen;
  }

  /** What microphone and camera capture; `null` until they do, and after leaving. */
  get localMedia(): MediaStream | null {
    return this.session.media.stream;
  }

  /** Everything that a page may show; the same object until something changes. */
  get state(): CallSnapshot {
    return this.session.state;
  }

  /** The others, in the order in which they came. */
  get peers(): readonly PeerSnapshot[] {
    return this.state.peers;
  }

  /**
   * Adds a listener and returns what removes it. Events that came before the first listener are delivered to it, so
   * nothing is missed. A listener that throws harms no other.
   */
  on<Name extends keyof CignalEvents>(
    name: Name,
    listener: (...args: CignalEvents[Name]) => void,
  ): () => void {
    return this.session.events.on(name, listener);
  }

  /** Adds a listener for one event and returns what removes it. */
  once<Name extends keyof CignalEvents>(
    name: Name,
    listener: (...args: CignalEvents[Name]) => void,
  ): () => void {
    return this.session.events.once(name, listener);
  }

  /**
   * Starts the call with everybody who is here. Fails with `nobody-here`, or with `connection-failed` if nobody could be
   * reached.
   */
  joinRoom(): Promise<Outcome> {
    return this.session.joinRoom();
  }

  /** Takes the call back while it has not been answered. */
  cancelCall(): void {
    this.session.cancelCall();
  }

  /** Hangs up, releases microphone and camera, and leaves the room. Never fails; a second call does nothing. */
  async leaveRoom(): Promise<Outcome> {
    this.session.close();
    return { success: true };
  }

  /**
   * Sends any JSON, at most 65,536 characters, to everybody or to the peer with the id `to`; they get `information`.
   * Peer to peer once connected, through the server before. It arrives once and in order, also while either side is
   * cut off for a while. What fails is not sent again, though a copy that was on its way may still arrive.
   */
  inform(data: Json, { to }: { to?: string } = {}): Promise<Outcome> {
    return this.session.inform(data, to);
  }

  /**
   * Sends sound, pictures and the screen so from now on, to everybody; what is left out is the browser's to choose. `codecs`
   * hold for connections that are made from now on. Throws a `TypeError` if something is wrong.
   */
  setQuality(quality: Quality = {}): void {
    this.session.room.setQuality(checkQuality(quality));
  }

  /** Changes what the others see of this side: the name, and what your app tells of it (`details`). */
  update(changes: SelfUpdate): Promise<Outcome> {
    return this.session.controls.update(changes);
  }

  /** Sets the STUN and TURN servers of this room, for everybody in it and whoever joins later. */
  setICEServers(iceServers: RTCIceServer[]): Promise<Outcome> {
    return this.session.setICEServers(iceServers);
  }

  /**
   * Four pictures and a number that are the same on both sides of a call, unless somebody sits between them: compare them
   * by voice. Of the peer with this id, by default of the one in the call. Rejects with a `CignalError`: `nobody-here`
   * while there is no connection, `insecure-page` where browsers have no cryptography.
   */
  securityCode(peerId?: string): Promise<SecurityCode> {
    return this.session.securityCode(peerId);
  }

  /**
   * Does to this side what networks do, for tests of your own: "signaling-loss", "ice-failure", "renegotiation" or
   * "slow-link". Resolves when the scenario is over.
   */
  simulate(scenario: Scenario, options?: ScenarioOptions): Promise<Outcome> {
    return this.session.simulate(scenario, options);
  }

  /**
   * Plays in this element, from now on, what a peer sends, whoever comes and goes: of `peer`, an id, by default of the first
   * one who sends anything; with `screen` what they share. Your own id shows yourself, muted. Attached again, the element
   * shows the new one. Returns what detaches it; leaving the room does, too.
   *
   * Throws a `TypeError` if the first argument is no video or audio element.
   */
  attach(element: HTMLMediaElement, what?: AttachOptions): () => void {
    return this.session.playback.attach(element, what);
  }

  /**
   * Plays what the browser has refused to play (`playbackBlocked`). Call it from a click; anywhere else it fails with
   * `playback-blocked`.
   */
  resumePlayback(): Promise<Outcome> {
    return this.session.playback.resume();
  }

  /**
   * Where the sound of all attached elements comes out, now and later: the id of an output device that `enumerateDevices()`
   * lists, `""` for the system's default. While the device is away, the default stands in for it. Fails with
   * `device-not-found`, `permission-denied`, or `not-supported` where the browser cannot choose.
   */
  setSpeaker(deviceId: string): Promise<Outcome> {
    return this.session.playback.setSpeaker(deviceId);
  }

  /** Puts a link on the clipboard. Browsers allow it on https and localhost, after a click. */
  copyLink(link: string): Promise<Outcome> {
    return this.session.copyLink(link);
  }
}
