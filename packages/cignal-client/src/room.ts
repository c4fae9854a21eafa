import { type PeerInfo, PROTOCOL_VERSIONS, type ServerMessages } from "@cignal/protocol";
import type { HangUpReason } from "./cignal-events.js";
import { CignalError, fromWire } from "./errors.js";
import type { LocalTracks } from "./media/local-media.js";
import type { Environment, Settings } from "./options.js";
import { Mesh } from "./peer/mesh.js";
import type { Peer, PeerSurroundings } from "./peer/peer.js";
import { type RoomMessage, SignalingChannel } from "./signaling/signaling-channel.js";

export interface RoomEvents
  extends Pick<
    PeerSurroundings,
    "onCalled" | "onStream" | "onInformation" | "onChange" | "onError"
  > {
  onJoined: (peer: PeerInfo) => void;
  /** Once for each `onJoined`, unless we leave first. */
  onGone: (peer: PeerInfo, reason: HangUpReason) => void;
  /** The membership ended without our asking; everybody is gone. */
  onEnd: () => void;
}

/** Membership in one room: the way to the server, and a peer for everybody whom the server names. */
export class Room {
  readonly signaling: SignalingChannel;
  readonly #mesh: Mesh;
  readonly #events: RoomEvents;
  #me: PeerInfo;
  #revision = 0;
  #entrance: { resolve: () => void; reject: (error: CignalError) => void } | null = null;

  constructor(settings: Settings, { browser, openSocket }: Environment, events: RoomEvents) {
    const { roomId, peerId, peerName, role, warm, timeoutMs } = settings;
    this.#events = events;
    this.#me = { id: peerId, name: peerName ?? role ?? "Peer", role };
    this.#mesh = new Mesh({
      ...events,
      browser,
      myId: peerId,
      warm,
      timeoutMs,
      signal: ({ id }, message) => this.signaling.signal(id, message),
      onBye: ({ id }) => this.#hangUp(id, "left"),
    });
    this.signaling = new SignalingChannel({
      address: { url: settings.serverUrl, path: settings.path },
      handshake: { protocol: [...PROTOCOL_VERSIONS], roomId, peerId, peerName, role },
      openSocket,
      timeoutMs,
      onState: events.onChange,
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onMessage: (message) => this.#onMessage(message),
      onEnd: (error) => this.#onEnd(error),
    });
  }

  /** Who we are, in the server's words once it has spoken. */
  get me(): PeerInfo {
    return this.#me;
  }

  /** The others, in the order in which they came. */
  get peers(): Peer[] {
    return this.#mesh.peers;
  }

  /** The peer with this id, or everybody. Throws `nobody-here` rather than return nobody. */
  somebody(id?: string): Peer[] {
    const peers = this.peers.filter(({ info }) => id === undefined || info.id === id);
    if (peers.length > 0) return peers;
    const problem =
      id === undefined
        ? "Nobody else is in the room yet. Try again when somebody has joined."
        : "Nobody with that id is in the room.";
    throw new CignalError("nobody-here", problem, { retryable: true });
  }

  /** Rejects with a `CignalError` when the room cannot be entered. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entrance = { resolve, reject };
      this.signaling.open();
    });
  }

  setTracks(tracks: LocalTracks): void {
    this.#mesh.setTracks(tracks);
  }

  /** Leaves at once; the others learn it from us and from the server. */
  leave(): void {
    for (const peer of this.peers) peer.sendDirectly({ type: "bye" });
    for (const { info } of this.peers) this.#mesh.remove(info.id);
    this.signaling.close();
  }

  #onWelcome({ you, peers, iceServers, revision, resumed }: ServerMessages["welcome"]): void {
    this.#me = you;
    this.#revision = revision;
    this.#mesh.setICEServers(iceServers);
    const present = resumed ? peers.map(({ id }) => id) : [];
    for (const { info } of this.peers) {
      if (!present.includes(info.id)) this.#hangUp(info.id, "timeout");
    }
    for (const peer of peers) this.#add(peer, { offer: true });
    this.#entrance?.resolve();
    this.#entrance = null;
  }

  #onMessage({ type, payload }: RoomMessage): void {
    if ("revision" in payload) {
      if (payload.revision <= this.#revision) return;
      this.#revision = payload.revision;
    }
    switch (type) {
      case "peer-joined":
        return this.#add(payload.peer, { offer: false });
      case "peer-left":
        return this.#hangUp(payload.peerId, payload.reason);
      case "signal":
        return this.#mesh.get(payload.from)?.receive(payload.message);
      case "information":
        return this.#mesh.get(payload.from)?.receive({ type, data: payload.data });
      case "ice-servers":
        return this.#mesh.setICEServers(payload.iceServers);
      case "error":
        // A signal to somebody who has just left is nobody's mistake.
        if (payload.code !== "no-such-peer") this.#events.onError(fromWire(payload));
    }
  }

  #onEnd(error: CignalError): void {
    if (this.#entrance) this.#entrance.reject(error);
    else this.#events.onError(error);
    for (const { info } of this.peers) this.#hangUp(info.id, "closed");
    this.#events.onEnd();
  }

  #add(peer: PeerInfo, { offer }: { offer: boolean }): void {
    if (!this.#mesh.add(peer, { offer })) return;
    this.#events.onJoined(peer);
    this.#events.onChange();
  }

  #hangUp(peerId: string, reason: HangUpReason): void {
    const peer = this.#mesh.remove(peerId);
    if (!peer) return;
    this.#events.onGone(peer, reason);
    this.#events.onChange();
  }
}
