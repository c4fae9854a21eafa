import { type PlaceMessage, ProtocolError } from "@cignal/protocol";
import type { CommandOf, Decision, Effect, JoinCommand } from "../command.js";
import type { Here, Room, Waiting } from "../room-state.js";
import { tell, unchanged } from "./decision.js";
import { callIn, placesTaken, withWaiting } from "./host-wait.js";
import { findRuler, hostsOf, noSuchPeer } from "./hosts.js";

/** How many wait for one room at most (O5). */
const WAITING_AT_MOST = 32;

/** Puts somebody at the door (O4, O5). Who waited there before over another connection goes. */
export function wait(
  room: Room | undefined,
  { roomId, peer, standing, connection, now }: JoinCommand,
  reason: Waiting["reason"],
  { node }: Here,
): Decision | ProtocolError {
  const waiting = room?.waiting ?? [];
  const mine = waiting.find((each) => each.peer.id === peer.id);
  if (mine?.connection === connection && mine.reason === reason) return unchanged(room);
  const others = waiting.filter((each) => each !== mine);
  if (others.length >= WAITING_AT_MOST) {
    return new ProtocolError("room-full", "Enough people wait for this room. Try again later.");
  }
  const one: Waiting = { peer, ...(standing && { standing }), connection, node, reason };
  const before: Room = room ?? { id: roomId, openedAt: now, revision: now - 1, members: [] };
  const next: Room = {
    ...before,
    revision: before.revision + 1,
    waiting: [...others, one],
  };
  const effects: Effect[] = [{ type: "wait", reason }];
  if (mine) {
    if (mine.connection !== connection) {
      effects.unshift(turnedAway(mine.connection, "resumed-elsewhere"));
    }
    effects.push(...knockEnded(next, mine));
  }
  if (reason === "knock") effects.push(toHosts(next, { type: "knocking", payload: { peer } }));
  const event = { name: "peerWaiting", payload: { roomId, peer, reason } } as const;
  return { room: next, effects: [...effects, { type: "announce", event }] };
}

/** Whoever waits over this connection is gone. */
export function stopWaiting(
  room: Room | undefined,
  { connection }: CommandOf<"stop-waiting">,
): Decision {
  const gone = room?.waiting?.find((each) => each.connection === connection);
  if (!room || !gone) return unchanged(room);
  const next = withoutWaiting(room, gone);
  return {
    room: next.members.length > 0 || next.waiting ? next : undefined,
    effects: knockEnded(room, gone),
  };
}

/** Keeps a place for who knocks, and calls them in. */
export function admit(room: Room, command: CommandOf<"admit">): Decision | ProtocolError {
  const knock = findKnock(room, command);
  if (knock instanceof ProtocolError) return knock;
  if (placesTaken(room) >= command.capacity) {
    return new ProtocolError("room-full", "There is no place left for anybody in the room.");
  }
  const waiting = room.waiting?.map((each) =>
    each === knock ? { ...knock, admitted: true as const } : each,
  );
  return {
    room: withWaiting({ ...room, revision: room.revision + 1 }, waiting ?? []),
    effects: [...callIn([knock]), ...knockEnded(room, knock)],
  };
}

export function turnAway(room: Room, command: CommandOf<"turn-away">): Decision | ProtocolError {
  const knock = findKnock(room, command);
  if (knock instanceof ProtocolError) return knock;
  return {
    room: withoutWaiting(room, knock),
    effects: [turnedAway(knock.connection, "turned-away"), ...knockEnded(room, knock)],
  };
}

/** The door opens: they come in as if they came now. */
export function callKnockers(room: Room): Decision & { room: Room } {
  const { waiting = [] } = room;
  const knocks = waiting.filter(({ reason, admitted }) => reason === "knock" && !admitted);
  const others = waiting.filter((each) => !knocks.includes(each));
  return {
    room: withWaiting(room, others),
    effects: [...knocks.flatMap((each) => knockEnded(room, each)), ...callIn(knocks)],
  };
}

function findKnock(room: Room, command: CommandOf<"admit" | "turn-away">): Waiting | ProtocolError {
  const ruler = findRuler(room, command);
  if (ruler instanceof ProtocolError) return ruler;
  const knock = room.waiting?.find(
    ({ peer, reason, admitted }) => peer.id === command.peerId && reason === "knock" && !admitted,
  );
  return knock ?? noSuchPeer();
}

function withoutWaiting(room: Room, gone: Waiting): Room {
  const waiting = room.waiting?.filter((each) => each !== gone) ?? [];
  return withWaiting({ ...room, revision: room.revision + 1 }, waiting);
}

const toHosts = (room: Room, message: PlaceMessage) => tell(hostsOf(room), message);

const knockEnded = (room: Room, { peer, reason, admitted }: Waiting): Effect[] =>
  reason === "knock" && !admitted
    ? [toHosts(room, { type: "knock-ended", payload: { peerId: peer.id } })]
    : [];

type TurnedAway = Extract<Effect, { type: "turn-away" }>;

export const turnedAway = (connection: string, code: TurnedAway["code"]): TurnedAway => ({
  type: "turn-away",
  connection,
  code,
});
