import type { About, IceServer, LeaveReason, PeerInfo } from "@cignal/protocol";

/** Whether a member can be reached. Named by the connection, so that news of an older one is recognised. */
export type Presence =
  | { readonly state: "connected"; readonly connection: string }
  /** Since this connection was lost, until it resumes or is gone for good, for this reason. */
  | { readonly state: "away"; readonly lost: string; readonly reason: AbsenceReason };

/**
 * What an absence that is not ended by a resume was: a lost connection (L3), a page that went away (L7), or a standing
 * that has expired (L8).
 */
export type AbsenceReason = LeaveReason;

/** What the server knows of somebody by its own `authenticate` (H9), for itself. */
export interface Standing {
  /** What they may do. Absent: "participant". */
  readonly role?: string;
  /** The host application's id of the user. */
  readonly userId?: string;
  /** When the membership ends, in milliseconds since the epoch. Absent: never. */
  readonly expiresAt?: number;
}

/** A membership, for those who run the server. The peers are told nothing of it. */
export interface Session {
  /** Names the membership, from joining to its end. Opens no door, so that everybody may know it. */
  readonly socketId: string;
  /** The network address of the client, as it was the last time that it joined or resumed. */
  readonly address: string;
  /** What the client said of itself then (H12). */
  readonly about?: About;
}

/** Somebody in a room. */
export interface Member {
  /** What the others see (R1). */
  readonly peer: PeerInfo;
  /** Absent: the server has not asked who it is. */
  readonly standing?: Standing;
  readonly session: Session;
  /** SHA-256 of the latest resume token (L5). */
  readonly tokenHash: string;
  /** Of the one that the client resumed with, until it is certain that it has the latest (L5). */
  readonly previousTokenHash?: string;
  /** Milliseconds since the epoch. */
  readonly joinedAt: number;
  readonly presence: Presence;
}

/** A room with members (J1). Plain JSON and never changed in place: a store may keep it as it is, or as text. */
export interface Room {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** One higher after each change (R2). */
  readonly revision: number;
  /** The room's own list, which replaces the server's (C2). */
  readonly iceServers?: readonly IceServer[];
  /** In the order in which they came (H3). */
  readonly members: readonly Member[];
}

/** @param now - milliseconds since the epoch */
export function isExpired(standing: Standing | undefined, now: number): boolean {
  return standing?.expiresAt !== undefined && standing.expiresAt <= now;
}

export function findMember(room: Room | undefined, peerId: string): Member | undefined {
  return room?.members.find((member) => member.peer.id === peerId);
}

export function othersThan(room: Room | undefined, peerId: string): readonly Member[] {
  return room?.members.filter((member) => member.peer.id !== peerId) ?? [];
}

/** Whether `member` is here over this very connection, and not over a later one (L4). */
export function isConnectedBy(member: Member, connection: string): boolean {
  return member.presence.state === "connected" && member.presence.connection === connection;
}
