import { type LeaveReason, type PeerInfo, ProtocolError } from "@cignal/protocol";
import type { Command, Decision, Effect, JoinCommand, Sender } from "./command.js";
import { evacuate, restore, startGrace, takeOver } from "./room-nodes.js";
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
} from "./room-state.js";

type CommandOf<Type extends Command["type"]> = Extract<Command, { type: Type }>;

/**
 * The rules of a room, all of them and nothing else. Pure: the same room and command give the same decision, so that
 * it can be made again when another node was faster.
 */
export function decide(
  room: Room | undefined,
  command: Command,
  here: Here,
): Decision | ProtocolError {
  switch (command.type) {
    case "join":
      return join(room, command, here);
    case "leave":
      return leave(room, command);
    case "confirm":
      return confirm(room, command);
    case "connection-lost":
      return loseConnection(room, command, here);
    case "expire":
      return expire(room, command, here);
    case "grace-expired":
      return endAbsence(room, command);
    case "set-ice-servers":
      return setIceServers(room, command);
    case "close":
      return close(room, command);
    case "evacuate":
      return evacuate(room, here);
    case "take-over":
      return takeOver(room, command, here);
    case "restore":
      return restore(room, command, here);
  }
}

const unchanged = (room: Room | undefined): Decision => ({ room, effects: [] });

function join(room: Room | undefined, command: JoinCommand, here: Here): Decision | ProtocolError {
  const present = findMember(room, command.peer.id);
  if (room && present) {
    const proven = [present.tokenHash, present.previousTokenHash].find(
      (hash) => hash !== undefined && command.proves(hash),
    );
    return proven !== undefined && isSameUser(present, command)
      ? resume(room, present, proven, command, here)
      : new ProtocolError(
          "peer-id-taken",
          "Somebody with this peer id is in the room. Choose another peerId, or leave it out.",
        );
  }
  if (room && room.members.length >= command.capacity) {
    return new ProtocolError(
      "room-full",
      `The room is full: ${command.capacity} people are in it. Try again when somebody has left.`,
    );
  }
  if (!room && command.mayNotOpen) return command.mayNotOpen;
  const { roomId, peer, standing, session, connection, newTokenHash, now } = command;
  const others = room?.members ?? [];
  const member: Member = {
    peer,
    ...(standing && { standing }),
    session,
    tokenHash: newTokenHash,
    joinedAt: now,
    presence: { state: "connected", connection, node: here.node },
  };
  const members = [...others, member];
  const next: Room = room
    ? { ...room, revision: room.revision + 1, members }
    : // Counting from the clock, a room that is made again never repeats a revision: neither a store that compares
      // revisions nor a client that was away takes it for the one before.
      { id: roomId, openedAt: now, revision: now, members };
  const effects: Effect[] = [
    welcome(next, member, false),
    {
      type: "tell",
      to: others,
      message: { type: "peer-joined", payload: { peer, revision: next.revision } },
    },
  ];
  if (!room) {
    effects.push({ type: "announce", event: { name: "roomOpened", payload: { roomId } } });
  }
  const payload = newsOf(next, member, next.members.length);
  effects.push({ type: "announce", event: { name: "peerJoined", payload } });
  return { room: next, effects };
}

/** A resume token that got into somebody else's hands is of no use where the server knows who they are. */
function isSameUser({ standing: before }: Member, { standing: now }: JoinCommand): boolean {
  return !before || !now || before.userId === now.userId;
}

/**
 * The welcome may get lost, so the token that the client has just shown stays valid until it is heard of (L5). Whether
 * it wants relays alone, it may say anew, but not take back: the others were told (C5). What the server knows of it holds
 * as it is now; what it says of itself, as it was (L4).
 */
function resume(
  room: Room,
  { standing: _outdated, ...present }: Member,
  proven: string,
  { connection, newTokenHash, peer, standing, session }: JoinCommand,
  { node }: Here,
): Decision {
  const member: Member = {
    ...present,
    peer: shownNow(present.peer, peer, standing !== undefined),
    ...(standing && { standing }),
    session: { ...session, socketId: present.session.socketId },
    tokenHash: newTokenHash,
    previousTokenHash: proven,
    presence: { state: "connected", connection, node },
  };
  const next = replace(room, present.peer.id, member);
  const { presence } = present;
  const welcomed = welcome(next, member, true);
  const effects: Effect[] =
    presence.state === "connected"
      ? [{ type: "dismiss", connection: presence.connection, code: "resumed-elsewhere" }, welcomed]
      : [welcomed, endGrace(present.peer.id, presence.lost)];
  return { room: next, effects };
}

/** With what it says of its client now (H12), unless that could tell where it is (R1). */
function shownNow(before: PeerInfo, now: PeerInfo, isKnown: boolean): PeerInfo {
  const { about: _outdated, ...shown } = isKnown ? now : before;
  if (before.relayOnly || now.relayOnly) return { ...shown, relayOnly: true };
  return { ...shown, ...(now.about && { about: now.about }) };
}

const endGrace = (peerId: string, lost: string): Effect => ({ type: "end-grace", peerId, lost });

function welcome(room: Room, { peer }: Member, resumed: boolean): Effect {
  return {
    type: "welcome",
    welcome: {
      you: peer,
      peers: othersThan(room, peer.id).map((other) => other.peer),
      revision: room.revision,
      ...(room.iceServers && { iceServers: room.iceServers }),
      resumed,
    },
  };
}

function leave(room: Room | undefined, { peerId, connection }: Sender): Decision {
  const member = findMember(room, peerId);
  if (!room || !member) return unchanged(room);
  if (isConnectedBy(member, connection)) return remove(room, member, "left");
  // Said before it was lost, and heard of later: the store was away.
  const { presence } = member;
  if (presence.state === "connected" || presence.lost !== connection) return unchanged(room);
  const { room: next, effects } = remove(room, member, "left");
  return { room: next, effects: [...effects, endGrace(peerId, connection)] };
}

function confirm(room: Room | undefined, { peerId, connection }: Sender): Decision {
  const member = findMember(room, peerId);
  if (!room || !member?.previousTokenHash || !isConnectedBy(member, connection)) {
    return unchanged(room);
  }
  const { previousTokenHash: _void, ...confirmed } = member;
  return { room: replace(room, peerId, confirmed), effects: [] };
}

function loseConnection(
  room: Room | undefined,
  { peerId, connection, reason }: CommandOf<"connection-lost">,
  here: Here,
): Decision {
  const member = findMember(room, peerId);
  if (!room || !member || !isConnectedBy(member, connection)) return unchanged(room);
  return depart(room, member, connection, reason, here);
}

/** Its connection is closed; it may come back with a standing that holds. */
function expire(room: Room | undefined, { peerId, connection }: Sender, here: Here): Decision {
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
  return { room: replace(room, away.peer.id, away), effects: [startGrace(away)] };
}

function endAbsence(
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

function remove(room: Room, member: Member, reason: LeaveReason): Decision {
  const { peer } = member;
  const rest = othersThan(room, peer.id);
  const revision = room.revision + 1;
  const next: Room | undefined = rest.length > 0 ? { ...room, revision, members: rest } : undefined;
  const effects: Effect[] = [
    {
      type: "tell",
      to: rest,
      message: { type: "peer-left", payload: { peerId: peer.id, reason, revision } },
    },
    peerLeft({ ...room, revision }, member, reason, rest.length),
  ];
  if (!next) effects.push(roomClosed(room));
  return { room: next, effects };
}

function setIceServers(
  room: Room | undefined,
  { iceServers, by }: CommandOf<"set-ice-servers">,
): Decision | ProtocolError {
  const sender = by && findMember(room, by.peerId);
  if (by && !(sender && isConnectedBy(sender, by.connection))) {
    return new ProtocolError("not-joined", "You are no longer in the room. Enter it again.");
  }
  if (!room) return unchanged(room);
  return {
    room: { ...room, revision: room.revision + 1, iceServers },
    effects: [
      {
        type: "tell",
        to: room.members,
        message: { type: "ice-servers", payload: { iceServers: [...iceServers] } },
      },
    ],
  };
}

function close(room: Room | undefined, { code }: CommandOf<"close">): Decision {
  if (!room) return unchanged(room);
  const effects = room.members.flatMap((member, index): Effect[] => [
    member.presence.state === "connected"
      ? { type: "dismiss", connection: member.presence.connection, code }
      : endGrace(member.peer.id, member.presence.lost),
    peerLeft(
      { ...room, revision: room.revision + 1 + index },
      member,
      "removed",
      room.members.length - index - 1,
    ),
  ]);
  return { room: undefined, effects: [...effects, roomClosed(room)] };
}

function replace(room: Room, peerId: string, member: Member): Room {
  const members = room.members.map((each) => (each.peer.id === peerId ? member : each));
  return { ...room, revision: room.revision + 1, members };
}

/** What is told of a member when its membership begins and ends. `size` counts the members then. */
function newsOf({ id, revision }: Room, { peer, standing, session }: Member, size: number) {
  const { userId } = standing ?? {};
  return { roomId: id, peer, size, revision, session, ...(userId !== undefined && { userId }) };
}

/** The room is the one without the member, or as good as it. */
function peerLeft(room: Room, member: Member, reason: LeaveReason, size: number): Effect {
  const payload = { ...newsOf(room, member, size), reason };
  return { type: "announce", event: { name: "peerLeft", payload } };
}

function roomClosed(room: Room): Effect {
  return { type: "announce", event: { name: "roomClosed", payload: { roomId: room.id } } };
}
