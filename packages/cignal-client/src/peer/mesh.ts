import type { PeerInfo } from "@cignal/protocol";
import { NOTHING, type Outbound } from "../media/local-media.js";
import type { Quality, SentQuality } from "../media/quality-options.js";
import { Peer } from "./peer.js";
import type { PeerSurroundings } from "./peer-surroundings.js";

export interface MeshOptions extends PeerSurroundings {
  myId: string;
  /** Whether no address of ours may reach anybody (C5). */
  relayOnly: () => boolean;
  /** Whether we are here to watch alone (O11). */
  receiveOnly: () => boolean;
  quality: Quality;
}

/** What is to be sent to a peer of what the app wants. */
export type Shape = (wanted: Quality, peerId: string) => SentQuality;

const asWanted: Shape = (wanted) => wanted;

/** Everybody else in the room, one `Peer` each. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #peers = new Map<string, Peer>();
  #iceServers: RTCIceServer[] = [];
  #outbound = NOTHING;
  #quality: Quality;
  #shape: Shape = asWanted;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#quality = options.quality;
  }

  get peers(): Peer[] {
    return [...this.#peers.values()];
  }

  get(peerId: string): Peer | undefined {
    return this.#peers.get(peerId);
  }

  /** Somebody is in the room; `offer` says that it is on us to connect to them (P2). False: they were known. */
  add(info: PeerInfo, { offer }: { offer: boolean }): boolean {
    if (this.#peers.has(info.id)) return false;
    const receiveOnly = this.#options.receiveOnly();
    const peer = new Peer({
      ...this.#options,
      rings: this.#options.rings && !receiveOnly,
      info: { ...info },
      receiveOnly,
      polite: this.#options.myId < info.id,
      relayOnly: this.#options.relayOnly() || info.relayOnly === true,
      iceServers: this.#iceServers,
      quality: this.#shape(this.#quality, info.id),
      outbound: receiveOnly ? NOTHING : this.#outbound,
    });
    this.#peers.set(info.id, peer);
    if (offer) peer.warmUp();
    return true;
  }

  /** Whether what is known of somebody who is known has changed. */
  update(info: PeerInfo): boolean {
    return this.#peers.get(info.id)?.update(info) ?? false;
  }

  /** Somebody is gone. Returns who it was, or `undefined` if that was known. */
  remove(peerId: string): PeerInfo | undefined {
    const peer = this.#peers.get(peerId);
    this.#peers.delete(peerId);
    peer?.end();
    return peer?.info;
  }

  setOutbound(outbound: Outbound): void {
    this.#outbound = outbound;
    if (this.#options.receiveOnly()) return;
    for (const peer of this.peers) peer.setOutbound(outbound);
  }

  /** Those who only watch are sent what is sent to others, while it is (O11): they cannot ask for it. */
  showInspectors(isShown: boolean): void {
    if (this.#options.receiveOnly()) return;
    for (const peer of this.peers) {
      if (!peer.info.inspector) continue;
      // Who cannot be reached is tried again at the next change.
      if (isShown && peer.callState === "waiting") peer.call().catch(() => {});
      if (!isShown) peer.stop();
    }
  }

  setICEServers(iceServers: RTCIceServer[]): void {
    this.#iceServers = iceServers;
    for (const peer of this.peers) peer.setICEServers(iceServers);
  }

  setQuality(quality: Quality): void {
    this.#quality = quality;
    for (const peer of this.peers) peer.setQuality(this.#shape(quality, peer.info.id));
  }

  /** Sends from now on to each peer what `shape` makes of what the app wants. */
  setShape(shape = asWanted): void {
    this.#shape = shape;
    this.setQuality(this.#quality);
  }
}
