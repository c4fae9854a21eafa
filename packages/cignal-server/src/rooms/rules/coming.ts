import { type PeerInfo, ProtocolError } from "@cignal/protocol";
import type { Decision, Effect, JoinCommand } from "../command.js";
import {
  findMember,
  type Here,
  infoOf,
  isKnownAs,
  type Member,
  type Room,
  visible,
} from "../room-state.js";
import { endGrace, followedBy, newsOf, replace, sizeOf, tell, updated } from "./decision.js";
import { atDoor } from "./door.js";
import { admitAll, withWaiting } from "./host-wait.js";
import { hostsOf, knocking } from "./hosts.js";
import { wait } from "./knocks.js";

export function join(
  room: Room | undefined,
  command: JoinCommand,
  here: Here,
): Decision | ProtocolError {
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
  const verdict = atDoor(room, command);
  if (verdict instanceof ProtocolError) return verdict;
  return verdict === "enters" ? enter(room, command, here) : wait(room, command, verdict, here);
}

function enter(room: Room | undefined, command: JoinCommand, here: Here): Decision {
  const { roomId, connection, now } = command;
  const others = room?.members ?? [];
  const member = memberOf(room, command, here);
  const members = [...others, member];
  const opens = sizeOf(room) === 0;
  const waiting = room?.waiting?.filter((each) => each.connection !== connection) ?? [];
  // Counting from the clock, a room that is made again never repeats a revision: neither a store that compares
  // revisions nor a client that was away takes it for the one before.
  const revision = room ? room.revision + 1 : now;
  const entered: Room = withWaiting(
    opens
      ? {
          id: roomId,
          openedAt: now,
          revision,
          members,
          ...(!member.hidden && termsOf(command)),
        }
      : { ...(room ?? { id: roomId, openedAt: now }), revision, members },
    waiting,
  );
  const effects: Effect[] = [welcome(entered, member, false)];
  if (!member.hidden) {
    const { peer } = member;
    effects.push(tell(others, { type: "peer-joined", payload: { peer, revision } }));
    if (opens)
      effects.push({ type: "announce", event: { name: "roomOpened", payload: { roomId } } });
    const payload = newsOf(entered, member, sizeOf(entered));
    effects.push({ type: "announce", event: { name: "peerJoined", payload } });
  }
  return welcomeHost({ room: entered, effects }, member, command.capacity);
}

/** What whoever opens a room brings along. */
const termsOf = ({ lock, newPassword }: JoinCommand) => ({
  ...(lock && { locked: true as const }),
  ...(newPassword !== undefined && { password: newPassword }),
});

function memberOf(room: Room | undefined, command: JoinCommand, { node }: Here): Member {
  const { standing, session, connection, newTokenHash, now } = command;
  const inspector = isKnownAs(standing, "inspector");
  const host = standing ? isKnownAs(standing, "host") : hostsOf(room).length === 0;
  return {
    peer: { ...command.peer, ...(host && { host }), ...(inspector && { inspector }) },
    ...(standing && { standing }),
    session,
    tokenHash: newTokenHash,
    joinedAt: now,
    presence: { state: "connected", connection, node },
    ...(inspector && command.hideInspectors && { hidden: true }),
  };
}

const welcomeHost = (change: Decision & { room: Room }, { peer }: Member, capacity: number) =>
  peer.host ? followedBy(change, (room) => admitAll(room, capacity)) : change;

/** A resume token that got into somebody else's hands is of no use where the server knows who they are. */
function isSameUser({ standing: before }: Member, { standing: now }: JoinCommand): boolean {
  return (
    !before ||
    !now ||
    (before.userId === now.userId && isKnownAs(before, "inspector") === isKnownAs(now, "inspector"))
  );
}

/**
 * The welcome may get lost, so the token that the client has just shown stays valid until it is heard of (L5). Whether
 * it wants relays alone, it may say anew, but not take back: the others were told (C5). What the server knows of it holds
 * as it is now; what it says of itself, as it was (L4).
 */
function resume(
  room: Room,
  { standing: before, ...present }: Member,
  proven: string,
  command: JoinCommand,
  { node }: Here,
): Decision {
  const { connection, newTokenHash, standing, session } = command;
  const member: Member = {
    ...present,
    peer: peerAgain({ ...present, ...(before && { standing: before }) }, command),
    ...(standing && { standing }),
    session: { ...session, socketId: present.session.socketId },
    tokenHash: newTokenHash,
    previousTokenHash: proven,
    presence: { state: "connected", connection, node },
  };
  const next = replace(room, member);
  const { presence } = present;
  const welcomed = welcome(next, member, true);
  const effects: Effect[] =
    presence.state === "connected"
      ? [{ type: "dismiss", connection: presence.connection, code: "resumed-elsewhere" }, welcomed]
      : [welcomed, endGrace(present.peer.id, presence.lost)];
  if (!isSame(present.peer, member.peer)) effects.push(...updated(next, member, false));
  return welcomeHost({ room: next, effects }, member, command.capacity);
}

/** How the others see who resumes. The host role is the room's to give, unless the server has another mind now. */
function peerAgain({ peer: before, standing: known }: Member, { peer, standing }: JoinCommand) {
  const { host: wasHost, ...was } = before;
  const roleChanged = standing && standing.role !== known?.role;
  const host = roleChanged ? isKnownAs(standing, "host") : wasHost;
  const { details = was.details, media = was.media } = peer;
  const shown = standing ? peer : was;
  const { role: _role, name: _name, about: _about, ...rest } = was;
  return {
    ...rest,
    name: standing && !standing.named && !roleChanged ? was.name : shown.name,
    ...roleOf(roleChanged || !standing ? shown : was),
    ...privacyOf(was, peer),
    ...(host && { host }),
    ...(details && { details }),
    ...(media && { media }),
  };
}

/** With what it says of its client now (H12), unless that could tell where it is (R1). */
function privacyOf(was: PeerInfo, { relayOnly, about }: PeerInfo) {
  return was.relayOnly || relayOnly ? { relayOnly: true } : about && { about };
}

const roleOf = ({ role }: { readonly role?: string | undefined }) => role !== undefined && { role };

/** Plain JSON, whose fields are in the order in which they were made. */
function isSame(one: object, other: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort());
  return sorted(one) === sorted(other);
}

function welcome(room: Room, { peer }: Member, resumed: boolean): Effect {
  return {
    type: "welcome",
    welcome: {
      you: peer,
      peers: visible(room)
        .filter((other) => other.peer.id !== peer.id)
        .map((other) => other.peer),
      revision: room.revision,
      ...(room.iceServers && { iceServers: room.iceServers }),
      resumed,
      room: infoOf(room),
      ...(peer.host && { waiting: knocking(room) }),
    },
  };
}
