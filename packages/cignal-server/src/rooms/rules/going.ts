import { type LeaveReason, ProtocolError } from "@cignal/protocol";
import type { CommandOf, Decision, Effect, Sender } from "../command.js";
import { startGrace } from "../room-nodes.js";
import {
  type AbsenceReason,
  absent,
  findMember,
  type Here,
  isConnectedBy,
  isExpired,
  type Member,
  othersThan,
  type Room,
} from "../room-state.js";
import { endGrace, followedBy, peerLeft, replace, sizeOf, tell, unchanged } from "./decision.js";
import { banOf } from "./door.js";
import { withWaiting } from "./host-wait.js";
import { findRuler, noSuchPeer, succeed } from "./hosts.js";
import { turnedAway } from "./knocks.js";

/** Of how many who were put out a room remembers that they were. */
const BANNED_AT_MOST = 256;

export function leave(room: Room | undefined, { peerId, connection }: Sender): Decision {
  const member = findMember(room, peerId);
  if (!room || !member) return unchanged(room);
  if (isConnectedBy(member, connection)) return remove(room, member, "left");
  // Said before it was lost, and heard of later: the store was away.
  const { presence } = member;
  if (presence.state === "connected" || presence.lost !== connection) return unchanged(room);
  const { room: next, effects } = remove(room, member, "left");
  return { room: next, effects: [...effects, endGrace(peerId, connection)] };
}

export function loseConnection(
  room: Room | undefined,
  { peerId, connection, reason }: CommandOf<"connection-lost">,
  here: Here,
): Decision {
  const member = findMember(room, peerId);
  if (!room || !member || !isConnectedBy(member, connection)) return unchanged(room);
  return depart(room, member, connection, reason, here);
}

/** Its connection is closed; it may come back with a standing that holds. */
export function expire(
  room: Room | undefined,
  { peerId, connection }: Sender,
  here: Here,
): Decision {
  const member = findMember(room, peerId);
  if (!room || !member || !isConnectedBy(member, connection)) return unchanged(room);
  const { room: next, effects } = depart(room, member, connection, "removed", here);
  return {
    room: next,
    effects: [{ type: "dismiss", connection, code: "token-expired" }, ...effects],
  };
}

function depart(
  room: Room,
  member: Member,
  lost: string,
  reason: AbsenceReason,
  here: Here,
): Decision {
  const away = absent(member, lost, reason, here);
  return { room: replace(room, away), effects: [startGrace(away)] };
}

export function endAbsence(
  room: Room | undefined,
  { peerId, connection, now }: CommandOf<"grace-expired">,
): Decision {
  const member = findMember(room, peerId);
  if (!room || member?.presence.state !== "away" || member.presence.lost !== connection) {
    return unchanged(room);
  }
  // Who is heard directly may stay in a call after a mere loss, but not without standing.
  const expired = isExpired(member.standing, now);
  return remove(room, member, expired ? "removed" : member.presence.reason);
}

/** A host puts somebody out for good (O6). */
export function putOut(room: Room, command: CommandOf<"remove">): Decision | ProtocolError {
  const host = findRuler(room, command);
  if (host instanceof ProtocolError) return host;
  const member = findMember(room, command.peerId);
  if (!member || member === host || member.hidden) return noSuchPeer();
  if (member.peer.inspector) {
    return new ProtocolError("forbidden", "An inspector cannot be put out: the server let it in.");
  }
  const banned = [...(room.banned ?? []), banOf(member)].slice(-BANNED_AT_MOST);
  const { room: next, effects } = remove({ ...room, banned }, member, "removed");
  return { room: next, effects: [dismissal(member, "removed"), ...effects] };
}

const dismissal = (
  { peer, presence }: Member,
  code: Extract<Effect, { type: "dismiss" }>["code"],
): Effect =>
  presence.state === "connected"
    ? { type: "dismiss", connection: presence.connection, code }
    : endGrace(peer.id, presence.lost);

function remove(room: Room, member: Member, reason: LeaveReason): Decision {
  const { peer } = member;
  const rest = othersThan(room, peer.id);
  const revision = room.revision + 1;
  const next: Room = { ...room, revision, members: rest };
  const effects: Effect[] = [];
  if (!member.hidden) {
    effects.push(tell(rest, { type: "peer-left", payload: { peerId: peer.id, reason, revision } }));
    effects.push(...peerLeft(next, member, reason, sizeOf(next)));
  }
  if (sizeOf(next) > 0) return followedBy({ room: next, effects }, succeed);
  if (!member.hidden) effects.push(roomClosed(room));
  return empty(next, effects);
}

/**
 * What was of the room goes with the last whom anybody sees. Who is invisible stays, as does who waits for a host; who
 * knocks has nobody left to open.
 */
function empty(room: Room, effects: readonly Effect[]): Decision {
  const { id, openedAt, revision, members, waiting = [] } = room;
  const stay = waiting.filter(({ reason }) => reason === "host");
  const turned = waiting
    .filter((each) => !stay.includes(each))
    .map(({ connection }) => turnedAway(connection, "room-closed"));
  const next = withWaiting({ id, openedAt, revision, members }, stay);
  return {
    room: members.length > 0 || stay.length > 0 ? next : undefined,
    effects: [...effects, ...turned],
  };
}

/** Puts everybody out. `except`: a connection that is told otherwise. */
export function close(
  room: Room | undefined,
  { code }: Pick<CommandOf<"close">, "code">,
  except?: string,
): Decision {
  if (!room) return unchanged(room);
  let size = sizeOf(room);
  let { revision } = room;
  const effects = room.members.flatMap((member): Effect[] => {
    if (!member.hidden) size--;
    const told = except !== undefined && isConnectedBy(member, except);
    revision++;
    const left = peerLeft({ ...room, revision }, member, "removed", size);
    return [...(told ? [] : [dismissal(member, code)]), ...left];
  });
  const turned = (room.waiting ?? []).map(({ connection }) => turnedAway(connection, code));
  const closed = sizeOf(room) > 0 ? [roomClosed(room)] : [];
  return { room: undefined, effects: [...effects, ...turned, ...closed] };
}

/** Everybody goes (O6); the sender is told once its request is answered. */
export function endRoom(room: Room, command: CommandOf<"end-room">): Decision | ProtocolError {
  const host = findRuler(room, command);
  if (host instanceof ProtocolError) return host;
  return close(room, { code: "room-ended" }, command.by.connection);
}

const roomClosed = (room: Room): Effect => ({
  type: "announce",
  event: { name: "roomClosed", payload: { roomId: room.id } },
});
