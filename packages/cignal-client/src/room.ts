import { type PeerInfo, ProtocolError, parseNamed, type ServerMessages } from "@cignal/protocol";
import { placeMessages } from "@cignal/protocol/place";
import type { Browser, PageListeners } from "./browser/browser.js";
import { debug } from "./browser/debug.js";
import type { HangUpReason } from "./cignal-events.js";
import { Door } from "./door.js";
import { CignalError, fromWire } from "./errors.js";
import type { Outbound } from "./media/local-media.js";
import type { Quality } from "./media/quality-options.js";
import type { Settings } from "./options.js";
import { Mesh, type Shape } from "./peer/mesh.js";
import type { Peer } from "./peer/peer.js";
import type { RoomEvents } from "./room-events.js";
import type { SignalingChannel } from "./signaling/signaling-channel.js";
import type { RoomMessage } from "./signaling/signaling-listener.js";
import type { TabSession } from "./signaling/tab-session.js";

const log = debug("room");

/** How often to see whether somebody whom the server does not know any more is still there. */
const MISSING_MS = 1_000;

/** What the server may answer to a signal without anybody's being at fault. */
const SIGNALS_MEND = ["no-such-peer", "rate-limited"];

/** Membership in one room: the way to the server, and a peer for everybody whom the server names. */
export class Room {
  readonly id: string;
  readonly signaling: SignalingChannel;
  readonly door: Door;
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
    this.door = new Door(events);
    this.#me = { id: peerId, name: peerName ?? role ?? "Peer", role };
    this.#mesh = new Mesh({
      ...events,
      browser,
      myId: peerId,
      relayOnly: () => this.#me.relayOnly === true,
      receiveOnly: () => this.#me.inspector === true,
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

  /** The peer with this id, or everybody who takes part. Throws `nobody-here` rather than return nobody. */
  somebody(id?: string): Peer[] {
    const peers = this.peers.filter(({ info }) =>
      id === undefined ? !info.inspector : info.id === id,
    );
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
        onOther: (type, payload) => this.#onOther(type, payload),
        onEnd: (error) => this.#onEnd(error),
      });
    });
  }

  /** Who we are has changed, and stays so when we come back. */
  revise(news: Partial<Pick<PeerInfo, "name" | "details" | "media" | "host">>): void {
    const { name: peerName = this.#me.name, details, media } = news;
    this.#me = { ...this.#me, ...news };
    this.signaling.greeting.amend({
      peerName,
      ...("details" in news && { details }),
      ...(media && { media }),
    });
    this.#events.onChange();
  }

  setOutbound(outbound: Outbound): void {
    this.#mesh.setOutbound(outbound);
  }

  showInspectors(isShown: boolean): void {
    this.#mesh.showInspectors(isShown);
  }

  setQuality(quality: Quality): void {
    this.#mesh.setQuality(quality);
  }

  /** Sends from now on to each peer what `shape` makes of what the app wants; none: just that. */
  setShape(shape?: Shape): void {
    this.#mesh.setShape(shape);
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
    this.#entrance?.reject(new CignalError("closed", "The room was left before it was entered."));
    // First, so that nobody takes the others for those who have left.
    this.signaling.close();
    for (const { info } of this.peers) this.#remove(info.id);
    this.#tab.forget();
  }

  #onWelcome(welcome: ServerMessages["welcome"]): void {
    const { you, peers, iceServers, revision, resumed, resumeToken, gracePeriodMs } = welcome;
    this.#me = you;
    this.#revision = revision;
    // Whoever has been in is in no other room, and if this one is locked by then, asks.
    this.signaling.greeting.amend({ enter: undefined, knock: true });
    this.door.onWelcome(welcome);
    void this.#tab.remember({ resumeToken });
    this.#mesh.setICEServers(iceServers);
    const present = peers.map(({ id }) => id);
    for (const { info } of this.peers) {
      // A server that has forgotten us has forgotten them, too; they are coming back as we are.
      if (!present.includes(info.id)) this.#miss(info.id, resumed ? 0 : gracePeriodMs);
    }
    for (const peer of this.peers) peer.onServerBack();
    for (const peer of peers) {
      this.#update(peer);
      this.#add(peer, { offer: true });
    }
    this.#events.onChange();
    this.#entrance?.resolve();
    this.#entrance = null;
  }

  #onMessage({ type, payload }: RoomMessage): void {
    if (this.#isOld(payload)) return;
    switch (type) {
      case "peer-joined":
        // Who only receives cannot offer (O11).
        return this.#add(payload.peer, { offer: payload.peer.inspector === true });
      case "peer-left":
        if (payload.reason === "timeout") return this.#miss(payload.peerId, 0);
        return this.#hangUp(payload.peerId, payload.reason);
      case "signal":
        return this.#mesh.get(payload.from)?.receive(payload.envelope);
      case "ice-servers":
        return this.#mesh.setICEServers(payload.iceServers);
      case "error":
        // A signal to somebody who has just left, or one that comes too soon and will be sent again (D4).
        if (SIGNALS_MEND.includes(payload.code)) return;
        // An inspector whom nobody sees says hello in vain (O12).
        if (!this.#me.inspector || payload.code !== "forbidden")
          this.#events.onError(fromWire(payload));
    }
  }

  #onOther(type: string, payload: unknown): void {
    const message = parseNamed(placeMessages, type, payload);
    if (message instanceof ProtocolError) return log("ignored %s: %s", type, message.message);
    if (message.type === "waiting") return this.#events.onWaiting(message.payload.reason);
    if (this.signaling.state !== "joined" || this.#isOld(message.payload)) return;
    if (message.type === "peer-updated") this.#update(message.payload.peer);
    else if (message.type !== "presence") this.door.receive(message);
    this.#events.onChange();
  }

  /** Whether a later change of the room is known already (R2). */
  #isOld(payload: object): boolean {
    if (!("revision" in payload)) return false;
    const revision = Number(payload.revision);
    const isOld = revision <= this.#revision;
    this.#revision = Math.max(this.#revision, revision);
    return isOld;
  }

  #onEnd(error: CignalError): void {
    this.#tab.forget();
    if (this.#entrance) this.#entrance.reject(error);
    else this.#events.onError(error);
    for (const { info } of this.peers) this.#hangUp(info.id, "closed");
    this.#events.onEnd();
  }

  #update(peer: PeerInfo): void {
    if (peer.id === this.#me.id) {
      this.#me = peer;
      if (!peer.host) this.door.leaveToOthers();
    } else if (!this.#mesh.update(peer)) return;
    this.#events.onUpdated(peer);
  }

  #add(peer: PeerInfo, { offer }: { offer: boolean }): void {
    this.#find(peer.id);
    if (!this.#mesh.add(peer, { offer })) return;
    // Who hears of it shall see them in the room.
    this.#events.onChange();
    this.#events.onJoined(peer);
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
    this.#events.onChange();
    this.#events.onGone(peer, reason);
  }

  #remove(peerId: string): PeerInfo | undefined {
    this.#find(peerId);
    return this.#mesh.remove(peerId);
  }
}
