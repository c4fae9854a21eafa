import type { PeerInfo, PlaceMessage, RoomInfo, ServerMessages } from "@cignal/protocol";

type DoorMessage = Extract<PlaceMessage, { type: "room-updated" | "knocking" | "knock-ended" }>;

/** A room's door: as everybody is told, and for hosts who waits in front of it. */
export interface DoorEvents {
  onRoomUpdated: (room: RoomInfo) => void;
  onKnocking: (peer: PeerInfo) => void;
  /** Once for each `onKnocking`. */
  onKnockEnded: (peer: PeerInfo) => void;
}

/** What the server says of the room's door (O3, O4, O7). */
export class Door {
  readonly #events: DoorEvents;
  #info: RoomInfo | undefined;
  #knocking: PeerInfo[] = [];

  constructor(events: DoorEvents) {
    this.#events = events;
  }

  /** `undefined`: the server is one that knows of no doors. */
  get info(): RoomInfo | undefined {
    return this.#info;
  }

  /** Who waits to be let in, in the order in which they came; nobody, if that is not ours to know. */
  get knocking(): readonly PeerInfo[] {
    return this.#knocking;
  }

  /** What has changed while we were away is told. */
  onWelcome({ room, waiting = [] }: Pick<ServerMessages["welcome"], "room" | "waiting">): void {
    const isNews = this.#info && JSON.stringify(room) !== JSON.stringify(this.#info);
    this.#info = room;
    if (room && isNews) this.#events.onRoomUpdated(room);
    for (const { id } of this.#knocking) {
      if (!waiting.some((peer) => peer.id === id)) this.#end(id);
    }
    for (const peer of waiting) this.#begin(peer);
  }

  receive({ type, payload }: DoorMessage): void {
    switch (type) {
      case "room-updated":
        this.#info = payload.room;
        return this.#events.onRoomUpdated(payload.room);
      case "knocking":
        return this.#begin(payload.peer);
      case "knock-ended":
        return this.#end(payload.peerId);
    }
  }

  /** Who knocks is another's concern from now on. */
  leaveToOthers(): void {
    for (const { id } of this.#knocking) this.#end(id);
  }

  #begin(peer: PeerInfo): void {
    if (this.#knocking.some(({ id }) => id === peer.id)) return;
    this.#knocking = [...this.#knocking, peer];
    this.#events.onKnocking(peer);
  }

  #end(peerId: string): void {
    const peer = this.#knocking.find(({ id }) => id === peerId);
    if (!peer) return;
    this.#knocking = this.#knocking.filter(({ id }) => id !== peerId);
    this.#events.onKnockEnded(peer);
  }
}
