import type { PeerInfo } from "@cignal/protocol";
import type { OrientationBrowser } from "../../browser/orientation.js";
import { Emitter } from "../../lib/emitter.js";
import type { Session } from "../../session.js";
import { type Orientation, readMessage } from "./wire.js";

export interface OrientationEvents {
  /** A peer has turned their device, or uses another camera; also what they say at first. */
  changed: [orientation: Orientation, about: { readonly peer: Readonly<PeerInfo> }];
}

const ANGLES = [0, 90, 180, 270] as const;

/** How each device is held and which way each camera looks, told to everybody and heard of everybody. */
export class SharedOrientation {
  readonly #session: Session;
  readonly #browser: OrientationBrowser;
  readonly #events: Emitter<OrientationEvents>;
  readonly #known = new Map<string, Orientation>();
  readonly #ends: (() => void)[];
  #told: Orientation;

  /** @internal */
  constructor(session: Session, browser: OrientationBrowser) {
    this.#session = session;
    this.#browser = browser;
    this.#events = new Emitter<OrientationEvents>({ onListenerError: session.browser.reportError });
    this.#told = this.own;
    this.#ends = [
      session.topics.on("orientation", (data, peer) => this.#receive(data, peer)),
      browser.watchScreen(() => this.#tellNews()),
      session.events.tap((...[name, ...args]) => {
        if (name === "stateChanged" && session.closed) this.close();
        else if (name === "stateChanged") this.#tellNews();
        const { peer } = Object(args[1] ?? args[0]) as { peer?: PeerInfo };
        if (!peer) return;
        // What was said while they were cut off may not have arrived.
        if (name === "peerJoined" || name === "reconnected") this.#tell(peer.id, false);
        if (name === "peerHangUp") this.#known.delete(peer.id);
      }),
    ];
    // Who was here before answers; who has reloaded the page knows nobody's.
    for (const { info } of session.room.peers) this.#tell(info.id, true);
  }

  /** This side's. */
  get own(): Orientation {
    const mode = this.#session.media.camera.track?.getSettings().facingMode;
    const facing = mode === "environment" ? "back" : mode === "user" ? "front" : undefined;
    const degrees = this.#browser.screenAngle();
    const angle = ANGLES.find((each) => each === degrees) ?? 0;
    return Object.freeze({ angle, ...(facing && { facing }) });
  }

  /** A peer's; `undefined` until they have said it. */
  of(peerId: string): Orientation | undefined {
    return this.#known.get(peerId);
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof OrientationEvents>(
    name: Name,
    listener: (...args: OrientationEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Tells and hears nothing any more. Leaving the room does it, too. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #receive(data: unknown, peer: PeerInfo): void {
    const message = readMessage(data);
    // What was said before this part was opened may be of somebody who has left since.
    const isHere = this.#session.room.peers.some(({ info }) => info.id === peer.id);
    if (!message || !isHere) return;
    const { ask, value } = message;
    if (ask) this.#tell(peer.id, false);
    if (isSame(this.#known.get(peer.id), value)) return;
    this.#known.set(peer.id, value);
    this.#events.emit("changed", value, { peer });
  }

  #tellNews(): void {
    const { own } = this;
    if (isSame(own, this.#told)) return;
    this.#told = own;
    for (const { info } of this.#session.room.peers) this.#tell(info.id, false);
  }

  #tell(peerId: string, ask: boolean): void {
    const { room } = this.#session;
    // Nobody hears an inspector.
    if (room.me.inspector) return;
    const peer = room.peers.find(({ info }) => info.id === peerId);
    const message = { ...this.own, ...(ask && { ask }) };
    // Not worth an error: it is said again when they are reached again.
    peer?.inform(message, "orientation").catch(() => {});
  }
}

const isSame = (one: Orientation | undefined, other: Orientation) =>
  one?.angle === other.angle && one.facing === other.facing;
