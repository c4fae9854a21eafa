import type { PlaceMessage, ServerMessage } from "@cignal/protocol";
import { infoOf, type Room, visible } from "./room-state.js";

/**
 * What other nodes have done to a room, as messages of the revisions after the room's, in case theirs come later than what
 * this node is about to say, and are then ignored (R2). Whoever has heard it already is told nothing new.
 *
 * @param told - the room as this node has left it
 * @param room - as it is now
 */
export function missedChanges(told: Room, room: Room): (ServerMessage | PlaceMessage)[] {
  let { revision } = room;
  const [before, now] = [visible(told), visible(room)];
  const find = (members: typeof now, id: string) => members.find(({ peer }) => peer.id === id);
  const left = before.filter(({ peer }) => !find(now, peer.id));
  const joined = now.filter(({ peer, joinedAt }) => find(before, peer.id)?.joinedAt !== joinedAt);
  const updated = now.filter((member) => {
    const known = find(before, member.peer.id);
    return known && !joined.includes(member) && !isSame(known.peer, member.peer);
  });
  const messages: (ServerMessage | PlaceMessage)[] = [
    ...left.map(({ peer }): ServerMessage => {
      // Whatever it was: after this reason, a client looks first whether it still hears them.
      const payload = { peerId: peer.id, reason: "timeout", revision: ++revision } as const;
      return { type: "peer-left", payload };
    }),
    ...joined.map(({ peer }): ServerMessage => {
      return { type: "peer-joined", payload: { peer, revision: ++revision } };
    }),
    ...updated.map(({ peer }): PlaceMessage => {
      return { type: "peer-updated", payload: { peer, revision: ++revision } };
    }),
  ];
  const info = infoOf(room);
  if (!isSame(infoOf(told), info)) {
    messages.push({ type: "room-updated", payload: { room: info, revision: ++revision } });
  }
  return messages;
}

/** Plain JSON, whose fields may have come in another order. */
function isSame(one: object, other: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort());
  return sorted(one) === sorted(other);
}
