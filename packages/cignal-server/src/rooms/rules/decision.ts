import type { LeaveReason, PlaceMessage, ServerMessage } from "@cignal/protocol";
import type { Decision, Effect } from "../command.js";
import { type Member, othersThan, type Room, visible } from "../room-state.js";

/** One after which there is a room. */
export interface Change extends Decision {
  readonly room: Room;
}

export const unchanged = (room: Room | undefined): Decision => ({ room, effects: [] });

/** Joins what is decided next to what was decided so far. */
export function followedBy<Next extends Decision>(
  { room, effects }: Change,
  decide: (room: Room) => Next,
): Next {
  const next = decide(room);
  return { ...next, effects: [...effects, ...next.effects] };
}

export function replace(room: Room, member: Member): Room {
  const members = room.members.map((each) => (each.peer.id === member.peer.id ? member : each));
  return { ...room, revision: room.revision + 1, members };
}

export const tell = (to: readonly Member[], message: ServerMessage | PlaceMessage): Effect => ({
  type: "tell",
  to,
  message,
});

/** Another member in the place of one, whom the others see otherwise now (R6). */
export function change(room: Room, member: Member, toItself: boolean): Change {
  const next = replace(room, member);
  return { room: next, effects: updated(next, member, toItself) };
}

export function updated(
  room: Room,
  { peer, hidden }: Member,
  toItself: boolean,
): readonly Effect[] {
  if (hidden) return [];
  const payload = { peer, revision: room.revision };
  return [
    tell(toItself ? room.members : othersThan(room, peer.id), { type: "peer-updated", payload }),
    { type: "announce", event: { name: "peerUpdated", payload: { roomId: room.id, peer } } },
  ];
}

export const endGrace = (peerId: string, lost: string): Effect => ({
  type: "end-grace",
  peerId,
  lost,
});

/** What is told of a member when its membership begins and ends. `size` counts the members then. */
export function newsOf({ id, revision }: Room, { peer, standing, session }: Member, size: number) {
  const { userId } = standing ?? {};
  return { roomId: id, peer, size, revision, session, ...(userId !== undefined && { userId }) };
}

/** @param room - the one without the member, or as good as it */
export function peerLeft(
  room: Room,
  member: Member,
  reason: LeaveReason,
  size: number,
): readonly Effect[] {
  if (member.hidden) return [];
  const payload = { ...newsOf(room, member, size), reason };
  return [{ type: "announce", event: { name: "peerLeft", payload } }];
}

export const sizeOf = (room: Room | undefined) => visible(room).length;
