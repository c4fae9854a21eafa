import {
  data as informData,
  type PeerInfo,
  PROTOCOL_VERSIONS,
  ProtocolError,
  parse,
  type ServerMessages,
} from "@cignal/protocol";
import { type Browser, browser as realBrowser } from "./browser/browser.js";
import { type CallSnapshot, takeSnapshot } from "./call-state.js";
import type { CignalEvents, HangUpReason, Json } from "./cignal-events.js";
import { CignalError, fromWire } from "./errors.js";
import { Emitter } from "./lib/emitter.js";
import { LocalMedia } from "./media/local-media.js";
import { type CignalOptions, readOptions, type Settings } from "./options.js";
import { Mesh } from "./peer/mesh.js";
import type { Peer } from "./peer/peer.js";
import { type RoomMessage, SignalingChannel } from "./signaling/signaling-channel.js";
import { type OpenSocket, openSocket, type SignalingSocket } from "./signaling/socket.js";

/** How a request ended. The error was emitted as `clientError` or `serverError` as well. */
export type Outcome = { success: true } | { success: false; error: CignalError };

/** What a page finds in `cignal.data`; it may add fields of its own. */
export interface CignalData {
  myPeerId: string;
  myDisplayName: string;
  myRole: string | undefined;
  /** The peer that came first, while it is here. */
  remotePeerId: string | undefined;
  remoteDisplayName: string | undefined;
  remoteRole: string | undefined;
  [field: string]: unknown;
}

/** The outside world; a test gives its own. */
export interface Environment {
  browser: Browser;
  openSocket: OpenSocket;
}

const realEnvironment: Environment = { browser: realBrowser, openSocket };

/** One room and the calls in it. Make it with `Cignal.createRoom`. */
export class Cignal {
  /** The room's id, for the link that you send. */
  readonly id: string;
  /** Names and ids of both sides. */
  readonly data: CignalData;
  readonly #browser: Browser;
  readonly #events: Emitter<CignalEvents>;
  readonly #media: LocalMedia;
  readonly #mesh: Mesh;
  readonly #signaling: SignalingChannel;
  readonly #stopWatchingPage: () => void;
  #me: PeerInfo;
  #rosterRevision = 0;
  #snapshot: CallSnapshot;
  #entrance: { resolve: () => void; reject: (error: CignalError) => void } | null = null;

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
    const cignal = new Cignal(readOptions(options, environment.browser), environment);
    await cignal.#enter();
    return cignal;
  }

  private constructor(settings: Settings, { browser, openSocket }: Environment) {
    const { roomId, peerId, peerName, role, timeoutMs } = settings;
    this.id = roomId;
    this.#browser = browser;
    this.#me = { id: peerId, name: peerName ?? role ?? "Peer", role };
    this.data = {
      myPeerId: peerId,
      myDisplayName: this.#me.name,
      myRole: role,
      remotePeerId: undefined,
      remoteDisplayName: undefined,
      remoteRole: undefined,
    };
    this.#events = new Emitter({
      onListenerError: browser.reportError,
      newestOnly: ["stateChanged"],
    });
    this.#media = new LocalMedia({
      browser,
      constraints: settings.mediaConstraints,
      onStream: (stream) => {
        this.#events.emit("localStream", stream);
        this.#mesh.setTracks(this.#media.tracks);
      },
      onError: (error) => this.#report(error),
    });
    this.#mesh = new Mesh({
      browser,
      myId: peerId,
      warm: settings.warm,
      timeoutMs,
      signal: ({ id }, message) => this.#signaling.signal(id, message),
      onCalled: (peer) => this.#events.emit("offerReceived", peer.name, { peer }),
      onStream: (peer, stream) => this.#events.emit("remoteStream", stream, { peer }),
      onInformation: (peer, data) => this.#events.emit("information", data, { peer }),
      onBye: (peer) => this.#hangUp(peer.id, "left"),
      onChange: () => this.#changed(),
      onError: (error) => this.#report(error),
    });
    this.#signaling = new SignalingChannel({
      address: { url: settings.serverUrl, path: settings.path },
      handshake: { protocol: [...PROTOCOL_VERSIONS], roomId, peerId, peerName, role },
      openSocket,
      timeoutMs,
      onState: () => this.#changed(),
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onMessage: (message) => this.#onMessage(message),
      onEnd: (error) => this.#onEnd(error),
    });
    this.#snapshot = this.#takeSnapshot();
    this.#stopWatchingPage = browser.onPageGone(() => {
      this.#sayBye();
      this.#close();
    });
  }

  /** The connection of the call; `null` until it begins. */
  get pc(): RTCPeerConnection | null {
    return this.#mesh.peers.find(({ callState }) => callState === "in-call")?.pc ?? null;
  }

  /** Whether the room was left, by this side or by the server. */
  get closed(): boolean {
    return this.#signaling.state === "closed";
  }

  /** The Socket.IO socket underneath. */
  get socket(): SignalingSocket {
    return this.#signaling.socket;
  }

  /** Own microphone and camera; `null` until they are there, and after leaving. */
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
    return this.#attempt(async () => {
      const calls = await Promise.allSettled(this.#somebody().map((peer) => peer.call()));
      const errors = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
      if (errors.length === calls.length) throw errors[0];
      for (const error of errors) this.#report(error);
    });
  }

  /** Hangs up, releases microphone and camera, and leaves the room. Never fails; a second call does nothing. */
  async leaveRoom(): Promise<Outcome> {
    this.#sayBye();
    this.#close();
    return { success: true };
  }

  /**
   * Sends any JSON, at most 65,536 characters, to everybody or to the peer with the id `to`; they get `information`.
   * Peer to peer once connected, through the server before.
   */
  inform(data: Json, { to }: { to?: string } = {}): Promise<Outcome> {
    return this.#attempt(async () => {
      const checked = parse(informData, data);
      if (checked instanceof ProtocolError) {
        throw new CignalError("bad-argument", `inform(data): ${checked.message}.`, {
          field: "data",
        });
      }
      const peers = this.#somebody(to);
      const rest = peers.filter(
        (peer) => !peer.sendDirectly({ type: "information", data: checked }),
      );
      const everybody = to === undefined && rest.length === peers.length;
      const payloads = everybody
        ? [{ data: checked }]
        : rest.map(({ info }) => ({ to: info.id, data: checked }));
      await Promise.all(payloads.map((payload) => this.#signaling.request("inform", payload)));
    });
  }

  /** Sets the STUN and TURN servers of this room, for everybody in it and whoever joins later. */
  setICEServers(iceServers: RTCIceServer[]): Promise<Outcome> {
    return this.#attempt(async () => {
      await this.#signaling.request("set-ice-servers", { iceServers });
    });
  }

  /** Puts a link on the clipboard. Browsers allow it on https and localhost, after a click. */
  copyLink(link: string): Promise<Outcome> {
    return this.#attempt(async () => {
      const write = this.#browser.writeClipboard();
      if (!write) {
        throw new CignalError(
          "insecure-page",
          "A browser gives the clipboard to pages on https:// and on localhost only. Serve this page over HTTPS.",
        );
      }
      await write(String(link)).catch((cause: unknown) => {
        throw new CignalError(
          "clipboard-denied",
          "The browser did not allow copying. Copy the link by hand.",
          { cause, retryable: true },
        );
      });
    });
  }

  #enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entrance = { resolve, reject };
      this.#signaling.open();
      void this.#media.start();
      this.#browser.startWebRTC();
    });
  }

  #onWelcome({ you, peers, iceServers, revision, resumed }: ServerMessages["welcome"]): void {
    this.#me = you;
    this.data.myDisplayName = you.name;
    this.#rosterRevision = revision;
    this.#mesh.setICEServers(iceServers);
    const present = resumed ? peers.map(({ id }) => id) : [];
    for (const { info } of this.#mesh.peers) {
      if (!present.includes(info.id)) this.#hangUp(info.id, "timeout");
    }
    for (const peer of peers) this.#welcomePeer(peer, { offer: true });
    this.#entrance?.resolve();
    this.#entrance = null;
  }

  #onMessage({ type, payload }: RoomMessage): void {
    if ("revision" in payload) {
      if (payload.revision <= this.#rosterRevision) return;
      this.#rosterRevision = payload.revision;
    }
    switch (type) {
      case "peer-joined":
        return this.#welcomePeer(payload.peer, { offer: false });
      case "peer-left":
        return this.#hangUp(payload.peerId, payload.reason);
      case "signal":
        return this.#mesh.get(payload.from)?.receive(payload.message);
      case "information": {
        const peer = this.#mesh.get(payload.from)?.info;
        if (peer) this.#events.emit("information", payload.data, { peer });
        return;
      }
      case "ice-servers":
        return this.#mesh.setICEServers(payload.iceServers);
      case "error":
        // A signal to somebody who has just left is nobody's mistake.
        if (payload.code !== "no-such-peer") this.#report(fromWire(payload));
    }
  }

  #onEnd(error: CignalError): void {
    if (this.#entrance) this.#entrance.reject(error);
    else this.#report(error);
    for (const { info } of this.#mesh.peers) this.#hangUp(info.id, "closed");
    this.#close();
  }

  #welcomePeer(peer: PeerInfo, { offer }: { offer: boolean }): void {
    if (!this.#mesh.add(peer, { offer })) return;
    this.#events.emit("peerJoined", peer.name, { peer });
    this.#changed();
  }

  #hangUp(peerId: string, reason: HangUpReason): void {
    const peer = this.#mesh.remove(peerId);
    if (!peer) return;
    this.#events.emit("peerHangUp", { reason }, { peer });
    this.#changed();
  }

  #sayBye(): void {
    for (const peer of this.#mesh.peers) peer.sendDirectly({ type: "bye" });
  }

  #close(): void {
    this.#stopWatchingPage();
    this.#media.stop();
    for (const { info } of this.#mesh.peers) this.#mesh.remove(info.id);
    this.#signaling.close();
  }

  /** The peer with this id, or everybody. Throws `nobody-here` rather than return nobody. */
  #somebody(id?: string): Peer[] {
    const peers = this.#mesh.peers.filter(({ info }) => id === undefined || info.id === id);
    if (peers.length > 0) return peers;
    const problem =
      id === undefined
        ? "Nobody else is in the room yet. Try again when somebody has joined."
        : "Nobody with that id is in the room.";
    throw new CignalError("nobody-here", problem, { retryable: true });
  }

  async #attempt(run: () => Promise<void>): Promise<Outcome> {
    try {
      if (this.closed) {
        throw new CignalError("closed", "This room was left. Enter it again first.");
      }
      await run();
      return { success: true };
    } catch (cause) {
      const error =
        cause instanceof CignalError
          ? cause
          : new CignalError("internal", String(cause), { cause });
      this.#report(error);
      return { success: false, error };
    }
  }

  #report(error: CignalError): void {
    const { code, message, source } = error;
    if (source === "server") {
      this.#events.emit("serverError", { reason: { code, message }, error });
    } else {
      this.#events.emit("clientError", { reason: message, error });
    }
  }

  #changed(): void {
    this.#snapshot = this.#takeSnapshot();
    const [first] = this.#mesh.peers;
    this.data.remotePeerId = first?.info.id;
    this.data.remoteDisplayName = first?.info.name;
    this.data.remoteRole = first?.info.role;
    this.#events.emit("stateChanged", this.#snapshot);
  }

  #takeSnapshot(): CallSnapshot {
    return takeSnapshot({
      roomId: this.id,
      me: this.#me,
      signaling: this.#signaling.state,
      peers: this.#mesh.peers,
    });
  }
}
