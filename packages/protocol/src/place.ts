import * as v from "valibot";
import { counter, flag, id, name, peerInfo, roomInfo } from "./fields.js";

/** What only rooms need that are more than a call: each message from the server, by its event name (O). */
export const placeMessages = {
  /** The answer to a handshake that somebody else must see to first (O4, O5). Another one follows. */
  waiting: v.object({ reason: v.picklist(["knock", "host"]) }),
  /** To hosts: somebody wants to come in. */
  knocking: v.object({ peer: peerInfo }),
  /** To hosts: nobody of this id knocks any more. */
  "knock-ended": v.object({ peerId: id }),
  "peer-updated": v.object({ peer: peerInfo, revision: counter }),
  "room-updated": v.object({ room: roomInfo, revision: counter }),
  /** To watchers (O10). */
  presence: v.object({
    /** Whether anybody is in it. */
    open: v.boolean(),
    /** How many, inspectors left out. */
    size: counter,
    capacity: counter,
    ...roomInfo.entries,
    /** Whether a host is in it. */
    host: v.boolean(),
    /** In the order in which they came; absent if the server does not tell who. */
    peers: v.optional(v.array(v.object({ name, role: v.optional(name), host: flag }))),
    revision: counter,
  }),
};

export type PlaceMessageType = keyof typeof placeMessages;

export type PlaceMessages = {
  [Type in PlaceMessageType]: v.InferOutput<(typeof placeMessages)[Type]>;
};

export type PlaceMessage = {
  [Type in PlaceMessageType]: { type: Type; payload: PlaceMessages[Type] };
}[PlaceMessageType];

export type WaitingReason = PlaceMessages["waiting"]["reason"];
