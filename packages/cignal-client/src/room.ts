import type { PeerInfo, ServerMessages } from "@cignal/protocol";
import type { Browser, PageListeners } from "./browser/browser.js";
import type { HangUpReason } from "./cignal-events.js";
import { CignalError, fromWire } from "./errors.js";
import type { Outbound } from "./media/local-media.js";
import type { Quality } from "./media/quality-options.js";
import type { Settings } from "./options.js";
import { Mesh } from "./peer/mesh.js";
import type { Peer, PeerSurroundings } from "./peer/peer.js";
import type { RoomMessage, SignalingChannel } from "./signaling/signaling-channel.js";
import type { TabSession } from "./signaling/tab-session.js";

/** How often to see whether somebody whom the server does not know any more is still there. */
const MISSING_MS = 1_000;

/** What the server may answer to a signal without anybody's being at fault. */
const SIGNALS_MEND = ["no-such-peer", "rate-limited"];

export interface RoomEvents
  extends Pick<
    PeerSurroundings,
    | "onCalled"
    | "onIncoming"
    | "onCancelled"
    | "onMedia"
    | "onStream"
    | "onScreen"
    | "onInformation"
    | "onReconnecting"
    | "onReconnected"
    | "onConnectionFailed"
    | "onChange"
    | "onError"
  > {
  onJoined: (peer: PeerInfo) => void;
  /** Once for each `onJoined`, unless we leave first. */
  onGone: (peer: PeerInfo, reason: HangUpReason) => void;
  /** The membership ended without our asking; everybody is gone. */
  onEnd: () => void;
}

/** Membership in one room: the way to the server, and a peer for everybody whom the server names. */
export class Room {
  readonly id: string;
  readonly signaling: SignalingChannel;
  readonly #mesh: Mesh;
  readonly #events: RoomEvents;
  readonly #tab: TabSession;
  #me: PeerInfo;
  #revision = 0;
  /** Those whom the server does not name any more, and who may be there all the same. */
  readonly #missing = new Map<string, ReturnType<typeof setTimeout>>();
  #entrance: { resolve: () => void; reject: (error: CignalError) => void } | null = null;

  constructor(
    settings: Settings,
    tab: TabSession,
    browser: Browser,
    signaling: SignalingChannel,
    events: RoomEvents,
  ) {
    const { roomId, peerName, role, warm, rings, ringTimeoutMs, timeoutMs, quality } = settings;
    const { peerId } = tab;
    this.id = roomId;
    this.signaling = signaling;
    this.#events = events;
    this.#tab = tab;
    this.#me = { id: peerId, name: peerName ?? role ?? "Peer", role };
    this.#mesh = new Mesh({
      ...events,
      browser,
      myId: peerId,
      relayOnly: () => this.#me.relayOnly === true,
      warm,
      rings,
      ringTimeoutMs,
      quality,
      timeoutMs,
      signal: ({ id }, envelope, answered) => this.signaling.signal(id, envelope, answered),
      serverHeardAt: () => this.signaling.heardAt,
      onUnease: (forMs) => this.signaling.probe(forMs),
      onDoubt: () => this.signaling.doubt(),
      onBye: ({ id }) => this.#hangUp(id, "left"),
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
      this.signaling.listen({
        onState: this.#events.onChange,
        onWelcome: (welcome) => this.#onWelcome(welcome),
        onMessage: (message) => this.#onMessage(message),
        onEnd: (error) => this.#onEnd(error),
      });
    });
  }

  setOutbound(outbound: Outbound): void {
    this.#mesh.setOutbound(outbound);
  }

  setQuality(quality: Quality): void {
    this.#mesh.setQuality(quality);
  }

  /** Something has happened that connections may not survive. */
  doubt(why: Parameters<PageListeners["onDoubt"]>[0]): void {
    this.signaling.doubt();
    for (const peer of this.peers) peer.hint(why);
  }

  /** Tells everybody that this page goes away and may come back. */
  sayAway(): void {
    for (const peer of this.peers) peer.say("away");
    this.signaling.sayAway();
  }

  /** Leaves at once; the others learn it from us and from the server. */
  leave(): void {
    for (const peer of this.peers) peer.say("bye");
    for (const { info } of this.peers) this.#remove(info.id);
    this.#entrance?.reject(new CignalError("closed", "The room was left before it was entered."));
    this.signaling.close();
    this.#tab.forget();
  }

  #onWelcome(welcome: ServerMessages["welcome"]): void {
    const { you, peers, iceServers, revision, resumed, resumeToken, gracePeriodMs } = welcome;
    this.#me = you;
    this.#revision = revision;
    void this.#tab.remember({ resumeToken });
    this.#mesh.setICEServers(iceServers);
    const present = peers.map(({ id }) => id);
    for (const { info } of this.peers) {
      // A server that has forgotten us has forgotten them, too; they are coming back as we are.
      if (!present.includes(info.id)) this.#miss(info.id, resumed ? 0 : gracePeriodMs);
    }
    for (const peer of this.peers) peer.onServerBack();
    for (const peer of peers) this.#add(peer, { offer: true });
    this.#events.onChange();
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
        if (payload.reason === "timeout") return this.#miss(payload.peerId, 0);
        return this.#hangUp(payload.peerId, payload.reason);
      case "signal":
        return this.#mesh.get(payload.from)?.receive(payload.envelope);
      case "ice-servers":
        return this.#mesh.setICEServers(payload.iceServers);
      case "error":
        // A signal to somebody who has just left, or one that comes too soon and will be sent again (D4).
        if (!SIGNALS_MEND.includes(payload.code)) this.#events.onError(fromWire(payload));
    }
  }

  #onEnd(error: CignalError): void {
    this.#tab.forget();
    if (this.#entrance) this.#entrance.reject(error);
    else this.#events.onError(error);
    for (const { info } of this.peers) this.#hangUp(info.id, "closed");
    this.#events.onEnd();
  }

  #add(peer: PeerInfo, { offer }: { offer: boolean }): void {
    this.#find(peer.id);
    if (!this.#mesh.add(peer, { offer })) return;
    this.#events.onJoined(peer);
    this.#events.onChange();
  }

  /** The server has lost somebody. They are gone if they do not come back in time and are not heard directly either. */
  #miss(peerId: string, graceMs: number): void {
    this.#find(peerId);
    const check = () => {
      if (this.#mesh.get(peerId)?.alive) this.#missing.set(peerId, setTimeout(check, MISSING_MS));
      else this.#hangUp(peerId, "timeout");
    };
    if (graceMs > 0) this.#missing.set(peerId, setTimeout(check, graceMs));
    else check();
  }

  #find(peerId: string): void {
    clearTimeout(this.#missing.get(peerId));
    this.#missing.delete(peerId);
  }

  #hangUp(peerId: string, reason: HangUpReason): void {
    const peer = this.#remove(peerId);
    if (!peer) return;
    this.#events.onGone(peer, reason);
    this.#events.onChange();
  }

  #remove(peerId: string): PeerInfo | undefined {
    this.#find(peerId);
    return this.#mesh.remove(peerId);
  }
}
