import { ProtocolError } from "@cignal/protocol";
import type { CommandOf, Decision, Effect, Request } from "../command.js";
import { findMember, isConnectedBy, type Member, type Room } from "../room-state.js";
import { type Change, change, followedBy, tell } from "./decision.js";
import { admitAll } from "./host-wait.js";

export const hostsOf = (room: Room | undefined) =>
  room?.members.filter(({ peer }) => peer.host) ?? [];

/** Who asks, as a member that is here over this very connection. */
export function findAsker(
  room: Room | undefined,
  { peerId, connection }: Request["by"],
): Member | ProtocolError {
  const member = findMember(room, peerId);
  return member && isConnectedBy(member, connection)
    ? member
    : new ProtocolError("not-joined", "You are no longer in the room. Enter it again.");
}

/** Who asks for what only hosts may do (O1), if the server has not allowed it. */
export function findRuler(room: Room, { by, permitted }: Request): Member | ProtocolError {
  const asker = findAsker(room, by);
  if (asker instanceof ProtocolError || asker.peer.host || permitted) return asker;
  return onlyHosts();
}

export const onlyHosts = () =>
  new ProtocolError("forbidden", "Only a host of the room may do this.");

export const noSuchPeer = () =>
  new ProtocolError("no-such-peer", "Nobody else in the room has this id.", "peerId");

/** The sender gives its host role to somebody (O8). */
export function transferHost(
  room: Room,
  command: CommandOf<"transfer-host">,
): Decision | ProtocolError {
  const giver = findRuler(room, command);
  if (giver instanceof ProtocolError) return giver;
  const heir = findMember(room, command.peerId);
  if (!heir || heir === giver || heir.peer.inspector) return noSuchPeer();
  const given = giver.peer.host ? change(room, withoutHost(giver), true) : { room, effects: [] };
  return heir.peer.host
    ? given
    : followedBy(given, (next) => makeHost(next, heir, command.capacity));
}

function withoutHost(member: Member): Member {
  const { host: _given, role, ...peer } = member.peer;
  // What the server said of the role holds no longer, what somebody says of itself is no role.
  const label = role === undefined || (member.standing && role === "host") ? {} : { role };
  return { ...member, peer: { ...peer, ...label } };
}

/** It learns of it, with who knocks (O4), and who waited for a host comes in (O5). */
function makeHost(room: Room, member: Member, capacity: number): Change {
  const host: Member = { ...member, peer: { ...member.peer, host: true } };
  const made = followedBy(change(room, host, true), (next) => admitAll(next, capacity));
  const knocks = knocking(room).map(
    (peer): Effect => tell([host], { type: "knocking", payload: { peer } }),
  );
  return { ...made, effects: [...made.effects, ...knocks] };
}

/** Who wants to come in, as hosts are told (O4). */
export const knocking = (room: Room) =>
  (room.waiting ?? [])
    .filter(({ reason, admitted }) => reason === "knock" && !admitted)
    .map(({ peer }) => peer);

/** Where nobody is asked who they are, a room has a host: who can be reached and has been there longest (O1). */
export function succeed(room: Room): Change {
  if (hostsOf(room).length > 0) return { room, effects: [] };
  const heirs = room.members.filter(({ standing }) => !standing);
  const heir = heirs.find(({ presence }) => presence.state === "connected") ?? heirs[0];
  return heir ? makeHost(room, heir, 0) : { room, effects: [] };
}
