import type { Decision, Effect, NodeCommand } from "./command.js";
import {
  type AbsentMember,
  absent,
  findMember,
  type Here,
  isConnectedBy,
  type Member,
  type Room,
} from "./room-state.js";
import { placesTaken } from "./rules/host-wait.js";
import { stopWaiting } from "./rules/knocks.js";

type RestoreCommand = Extract<NodeCommand, { type: "restore" }>;

/** How long a node whose members another one has restored may take to say that they are there, in milliseconds. */
const RETURN_OF_NODE_MS = 15_000;

export function startGrace({ peer, presence: { lost, until } }: AbsentMember): Effect {
  return { type: "start-grace", peerId: peer.id, connection: lost, until };
}

/** The same room if none of its members has changed. */
function withMembers(room: Room, members: readonly Member[]): Room {
  if (members.every((member, index) => member === room.members[index])) return room;
  return { ...room, revision: room.revision + 1, members };
}

/** Who waits over a socket of this node goes with it: their client comes back, and waits again at another one. */
function withoutWaitingAt(node: string, room: Room, done: readonly Effect[]): Decision {
  const effects = [...done];
  let next: Room | undefined = room;
  for (const { connection, node: at } of room.waiting ?? []) {
    if (at !== node) continue;
    const decision = stopWaiting(next, { type: "stop-waiting", connection });
    effects.push(...decision.effects);
    next = decision.room;
  }
  return { room: next, effects };
}

/** Everybody who is connected to this node is sent to another one, and keeps the place meanwhile (L6). */
export function evacuate(room: Room | undefined, here: Here): Decision {
  if (!room) return { room, effects: [] };
  const effects: Effect[] = [];
  const members = room.members.map((member): Member => {
    const { presence } = member;
    if (presence.state === "away" || presence.node !== here.node) return member;
    const { connection } = presence;
    effects.push({ type: "dismiss", connection, code: "server-closing" });
    return absent(member, connection, "timeout", here);
  });
  return withoutWaitingAt(here.node, withMembers(room, members), effects);
}

/** Whoever was connected to the other node has lost the connection; this one sees to the ends of absences. */
export function takeOver(
  room: Room | undefined,
  { from }: { readonly from: string },
  here: Here,
): Decision {
  if (!room) return { room, effects: [] };
  const effects: Effect[] = [];
  const members = room.members.map((member): Member => {
    if (member.presence.node !== from) return member;
    const away = awayHere(member, here);
    effects.push(startGrace(away));
    return away;
  });
  return withoutWaitingAt(from, withMembers(room, members), effects);
}

function awayHere(member: Member, here: Here): AbsentMember {
  const { presence } = member;
  return presence.state === "away"
    ? { ...member, presence: { ...presence, node: here.node } }
    : absent(member, presence.connection, "timeout", here);
}

/**
 * Puts what this node knows into the store again: the whole room if the store has lost it, else its own members.
 * Whoever was removed meanwhile is sent away, to come back anew.
 */
export function restore(room: Room | undefined, command: RestoreCommand, here: Here): Decision {
  return room ? assertOwn(room, command, here) : makeAnew(command, here);
}

function makeAnew({ known, isHere }: RestoreCommand, here: Here): Decision {
  const effects: Effect[] = [];
  // The members of other nodes may have left. They keep their places until their node says that they are there.
  const patient = { ...here, gracePeriodMs: Math.max(here.gracePeriodMs, RETURN_OF_NODE_MS) };
  const members = known.members.map((member): Member => {
    const own = member.presence.node === here.node;
    if (own && isOpen(member, isHere)) return member;
    const away = awayHere(member, own ? here : patient);
    effects.push(startGrace(away));
    return away;
  });
  // Other nodes may have seen later revisions than this one has, but none later than the clock (R2).
  const revision = Math.max(known.revision + 1, here.now);
  return { room: { ...known, restored: true, revision, members }, effects };
}

function assertOwn(room: Room, { known, isHere, capacity }: RestoreCommand, here: Here): Decision {
  const effects: Effect[] = [];
  const members = room.members.map((member): Member => {
    const before = findMember(known, member.peer.id);
    if (before && isOpen(before, isHere) && lostBy(member, before)) {
      return { ...member, presence: before.presence };
    }
    const { presence } = member;
    const isGhost =
      presence.state === "connected" && presence.node === here.node && !isHere(presence.connection);
    if (!isGhost) return member;
    const away = awayHere(member, here);
    effects.push(startGrace(away));
    return away;
  });
  for (const own of known.members) {
    const { presence } = own;
    if (presence.node !== here.node) continue;
    const now = findMember(room, own.peer.id);
    const isPlace = own.peer.inspector || placesTaken({ ...room, members }) < capacity;
    if (!now && room.restored && isPlace) {
      if (isOpen(own, isHere)) members.push(own);
      else {
        const away = awayHere(own, here);
        members.push(away);
        effects.push(startGrace(away));
      }
    } else if (presence.state === "connected" && isHere(presence.connection)) {
      if (!now) effects.push(sendAway(presence.connection, "unavailable"));
      else if (!isConnectedBy(now, presence.connection) && !lostBy(now, own)) {
        effects.push(sendAway(presence.connection, "resumed-elsewhere"));
      }
    }
  }
  if (members.length > room.members.length) members.sort((a, b) => a.joinedAt - b.joinedAt);
  const next = withMembers(room, members);
  // Only what has changed is delivered.
  const isSame = next === room && effects.length > 0;
  return { room: isSame ? { ...room, revision: room.revision + 1 } : next, effects };
}

const sendAway = (connection: string, code: "unavailable" | "resumed-elsewhere"): Effect => ({
  type: "dismiss",
  connection,
  code,
});

function isOpen({ presence }: Member, isHere: (connection: string) => boolean): boolean {
  return presence.state === "connected" && isHere(presence.connection);
}

/** Whether `member` counts as away since it lost the very connection that `before` has. */
function lostBy({ presence }: Member, before: Member): boolean {
  return presence.state === "away" && isConnectedBy(before, presence.lost);
}
