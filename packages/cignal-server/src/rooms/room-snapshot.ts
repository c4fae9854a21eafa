import type { Room } from "./room-state.js";

/** Somebody in a room, for the application that runs the server. */
export interface PeerSnapshot {
  readonly id: string;
  readonly name: string;
  readonly role?: string;
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
  /** In the order in which they came; never empty. */
  readonly peers: readonly PeerSnapshot[];
}

/** Names each field that gets out, so that a new one in `Room` stays inside. */
export function takeSnapshot({ id, openedAt, revision, members }: Room): RoomSnapshot {
  const peers = members.map(({ peer, joinedAt, presence }) =>
    Object.freeze({
      id: peer.id,
      name: peer.name,
      ...(peer.role !== undefined && { role: peer.role }),
      joinedAt,
      connected: presence.state === "connected",
    }),
  );
  return Object.freeze({ id, openedAt, revision, peers: Object.freeze(peers) });
}
