import type { Effect } from "../command.js";
import type { Room, Waiting } from "../room-state.js";
import type { Change } from "./decision.js";

/** How many places are taken (J2): by members and by whoever was admitted, inspectors left out (O11). */
export function placesTaken({ members, waiting = [] }: Room): number {
  const present = members.filter(({ peer }) => !peer.inspector).length;
  return present + waiting.filter(({ admitted }) => admitted).length;
}

export const callIn = (waiting: readonly Waiting[]) =>
  waiting.map(({ connection }): Effect => ({ type: "call-in", connection }));

/** The room with these at its door, if any. */
export function withWaiting(
  { waiting: _before, ...room }: Room,
  waiting: readonly Waiting[],
): Room {
  return waiting.length > 0 ? { ...room, waiting } : room;
}

/**
 * A host is there: who waited for one comes in (O5). As far as there are places each gets one, so that nobody comes
 * before them; the others, and those who need more than a place, try again and learn why not.
 */
export function admitAll(room: Room, capacity: number): Change {
  const { waiting = [] } = room;
  const called = waiting.filter(({ reason, admitted }) => reason === "host" && !admitted);
  if (called.length === 0) return { room, effects: [] };
  const isFree = !room.locked && room.password === undefined;
  const places = isFree ? Math.max(0, capacity - placesTaken(room)) : 0;
  const admitted = called.slice(0, places).map((each): Waiting => ({ ...each, admitted: true }));
  const others = waiting.filter((each) => !called.includes(each));
  const next = withWaiting({ ...room, revision: room.revision + 1 }, [...others, ...admitted]);
  return { room: next, effects: callIn(called) };
}
