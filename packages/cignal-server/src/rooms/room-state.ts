import type {
  About,
  IceServer,
  LeaveReason,
  PeerInfo,
  RoomInfo,
  WaitingReason,
} from "@cignal/protocol";

/**
 * Whether a member can be reached. Named by the connection, so that news of an older one is recognised. `node` is the one
 * that the connection is on, or that sees to the end of the absence.
 */
export type Presence =
  | { readonly state: "connected"; readonly connection: string; readonly node: string }
  /** Since this connection was lost, until it resumes or is gone for good, for this reason. */
  | {
      readonly state: "away";
      readonly lost: string;
      readonly reason: AbsenceReason;
      readonly node: string;
      /** When the place is given up, in milliseconds since the epoch. */
      readonly until: number;
    };

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
  /** The name is the server's knowledge, too. */
  readonly named?: true;
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
  /** An inspector of whom nobody is told (O12). */
  readonly hidden?: true;
}

/** Somebody who is away. */
export interface AbsentMember extends Member {
  readonly presence: Extract<Presence, { state: "away" }>;
}

/** Somebody at the door, who is no member yet (O4, O5). */
export interface Waiting {
  readonly peer: PeerInfo;
  readonly standing?: Standing;
  readonly connection: string;
  /** The one that the connection is on. */
  readonly node: string;
  readonly reason: WaitingReason;
  /** Has a place, and is about to take it. */
  readonly admitted?: true;
}

/**
 * A room with members, or with who waits for a host (J1). Plain JSON and never changed in place: a store may keep it as it
 * is, or as text.
 */
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
  readonly locked?: true;
  /** Salted hash of the password (O7). Never leaves the server. */
  readonly password?: string;
  /** Who was removed (O6), as `banOf` has it. */
  readonly banned?: readonly string[];
  /** In the order in which they came. */
  readonly waiting?: readonly Waiting[];
  /** The store had lost it, and nodes wrote it anew from what they knew: somebody may be missing. */
  readonly restored?: true;
}

/** Where and when a command is decided, and how long those who are away keep their places there, in milliseconds. */
export interface Here {
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly gracePeriodMs: number;
  /** Counts if it is the shorter one (L7). */
  readonly returnPeriodMs: number;
}

/** How long somebody whose standing has expired may take to come back with a new one, in milliseconds (L8). */
const RENEWAL_MS = 10_000;

/** `member` as one who is away from now on (L3), until the grace or the return period (L7) or the standing (L8) ends. */
export function absent(
  member: Member,
  lost: string,
  reason: AbsenceReason,
  { node, now, gracePeriodMs, returnPeriodMs }: Here,
): AbsentMember {
  const period = reason === "left" ? Math.min(gracePeriodMs, returnPeriodMs) : gracePeriodMs;
  const renewal = (member.standing?.expiresAt ?? Number.POSITIVE_INFINITY) + RENEWAL_MS;
  const until = Math.max(now, Math.min(now + period, renewal));
  return { ...member, presence: { state: "away", lost, reason, node, until } };
}

/** What members and watchers are told of a room (H3). */
export function infoOf(room: Room | undefined): RoomInfo {
  return { locked: room?.locked ?? false, hasPassword: room?.password !== undefined };
}

/** Whom the others see. */
export const visible = (room: Room | undefined): readonly Member[] =>
  room?.members.filter(({ hidden }) => !hidden) ?? [];

/** Whether the server knows somebody as this (H11). */
export function isKnownAs(standing: Standing | undefined, role: "host" | "inspector"): boolean {
  return standing?.role === role;
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
