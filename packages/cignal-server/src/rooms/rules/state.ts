import { type PeerInfo, ProtocolError } from "@cignal/protocol";
import type { CommandOf, Decision, Effect, Sender } from "../command.js";
import { findMember, infoOf, isConnectedBy, type Member, type Room } from "../room-state.js";
import { change, followedBy, replace, tell, unchanged } from "./decision.js";
import { findAsker, findRuler } from "./hosts.js";
import { callKnockers } from "./knocks.js";

export function confirm(room: Room | undefined, { peerId, connection }: Sender): Decision {
  const member = findMember(room, peerId);
  if (!room || !member?.previousTokenHash || !isConnectedBy(member, connection)) {
    return unchanged(room);
  }
  const { previousTokenHash: _void, ...confirmed } = member;
  return { room: replace(room, confirmed), effects: [] };
}

export function setIceServers(
  room: Room | undefined,
  { iceServers, by }: CommandOf<"set-ice-servers">,
): Decision | ProtocolError {
  const sender = by && findAsker(room, by);
  if (sender instanceof ProtocolError) return sender;
  if (!room) return unchanged(room);
  return {
    room: { ...room, revision: room.revision + 1, iceServers },
    effects: [
      tell(room.members, { type: "ice-servers", payload: { iceServers: [...iceServers] } }),
    ],
  };
}

/** When the door opens, who knocks comes in (O4). */
export function setLock(room: Room, command: CommandOf<"set-lock">): Decision | ProtocolError {
  const host = findRuler(room, command);
  if (host instanceof ProtocolError) return host;
  const { locked = false, ...open } = room;
  if (locked === command.locked) return unchanged(room);
  const revision = room.revision + 1;
  if (command.locked) return told({ ...open, revision, locked: true });
  return followedBy(told({ ...open, revision }), callKnockers);
}

export function setPassword(
  room: Room,
  command: CommandOf<"set-password">,
): Decision | ProtocolError {
  const host = findRuler(room, command);
  if (host instanceof ProtocolError) return host;
  const { password: _before, ...without } = room;
  const revision = room.revision + 1;
  const { hash } = command;
  return told({ ...without, revision, ...(hash !== undefined && { password: hash }) });
}

function told(room: Room): Decision & { room: Room } {
  const info = infoOf(room);
  const payload = { room: info, revision: room.revision };
  const event = { name: "roomUpdated", payload: { roomId: room.id, ...info } } as const;
  const effects: Effect[] = [
    tell(room.members, { type: "room-updated", payload }),
    { type: "announce", event },
  ];
  return { room, effects };
}

/** What somebody says of itself (O9). */
export function update(room: Room, command: CommandOf<"update">): Decision | ProtocolError {
  const member = findAsker(room, command.by);
  if (member instanceof ProtocolError) return member;
  const { name, details, media } = command.change;
  if (name !== undefined && member.standing?.named) {
    return new ProtocolError(
      "forbidden",
      "The server knows your name. It cannot be changed.",
      "name",
    );
  }
  const { details: before, ...peer } = member.peer;
  const after = details === undefined ? before : (details ?? undefined);
  const next: PeerInfo = {
    ...peer,
    ...(name !== undefined && { name }),
    ...(media && { media }),
    ...(after && { details: after }),
  };
  const updated: Member = { ...member, peer: next };
  return change(room, updated, false);
}
