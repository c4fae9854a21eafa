import { infoOf, type Room, visible } from "./room-state.js";

/** Somebody in a room, for the application that runs the server. */
export interface PeerSnapshot {
  readonly id: string;
  readonly name: string;
  readonly role?: string;
  readonly host?: true;
  readonly inspector?: true;
  /** Milliseconds since the epoch. */
  readonly joinedAt: number;
  /** `false` within the grace period after a lost connection. */
  readonly connected: boolean;
}

/** A room as it was at one moment: frozen plain JSON without anything secret. */
export interface RoomSnapshot {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** One higher after each change. */
  readonly revision: number;
  readonly locked: boolean;
  readonly hasPassword: boolean;
  /** How many knock, or wait for a host. */
  readonly waiting: number;
  /** In the order in which they came. Empty if people only wait for a host. */
  readonly peers: readonly PeerSnapshot[];
}

/** Names each field that gets out, so that a new one in `Room` stays inside. */
export function takeSnapshot(room: Room): RoomSnapshot {
  const { id, openedAt, revision, waiting = [] } = room;
  const peers = visible(room).map(({ peer, joinedAt, presence }) =>
    Object.freeze({
      id: peer.id,
      name: peer.name,
      ...(peer.role !== undefined && { role: peer.role }),
      ...(peer.host && { host: true as const }),
      ...(peer.inspector && { inspector: true as const }),
      joinedAt,
      connected: presence.state === "connected",
    }),
  );
  return Object.freeze({
    id,
    openedAt,
    revision,
    ...infoOf(room),
    waiting: waiting.length,
    peers: Object.freeze(peers),
  });
}
