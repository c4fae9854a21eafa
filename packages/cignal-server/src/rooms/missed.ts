import type { ServerMessage } from "@cignal/protocol";
import { findMember, type Room } from "./room-state.js";

/**
 * What other nodes have done to the roster of a room, as messages of the revisions after the room's, in case theirs come
 * later than what this node is about to say, and are then ignored (R2). Whoever has heard it already is told nothing new.
 *
 * @param told - the room as this node has left it
 * @param room - as it is now
 */
export function missedChanges(told: Room, room: Room): ServerMessage[] {
  let { revision } = room;
  const left = told.members.filter(({ peer }) => !findMember(room, peer.id));
  const joined = room.members.filter(
    ({ peer, joinedAt }) => findMember(told, peer.id)?.joinedAt !== joinedAt,
  );
  return [
    ...left.map(({ peer }): ServerMessage => {
      // Whatever it was: after this reason, a client looks first whether it still hears them.
      const payload = { peerId: peer.id, reason: "timeout", revision: ++revision } as const;
      return { type: "peer-left", payload };
    }),
    ...joined.map(({ peer }): ServerMessage => {
      return { type: "peer-joined", payload: { peer, revision: ++revision } };
    }),
  ];
}
