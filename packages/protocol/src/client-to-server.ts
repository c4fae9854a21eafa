import * as v from "valibot";
import {
  about,
  accessToken,
  counter,
  details,
  flag,
  id,
  media,
  name,
  password,
  token,
} from "./fields.js";
import { iceServers } from "./ice-servers.js";
import { envelope } from "./peer-to-peer.js";

/** What a client says when it connects, as Socket.IO's `auth` (H1). */
export const handshake = v.object({
  /** The protocol versions that the client speaks. */
  protocol: v.pipe(v.array(counter), v.maxLength(16)),
  roomId: id,
  peerId: id,
  peerName: v.optional(name),
  role: v.optional(name),
  /** What the server can tell by who this is (H8). */
  token: v.optional(accessToken),
  /** Proves that this is the peer that was here before (L4). */
  resumeToken: v.optional(token),
  /** Asks that no address of this peer reaches another one (C5). */
  relayOnly: flag,
  about,
  /** Only asks whether it could enter some room (H7). */
  check: flag,
  /** To make a new room, or to enter one that is there (O2). Absent: either. */
  enter: v.optional(v.picklist(["open", "join"])),
  /** Asks the hosts of a locked room to be let in (O4). */
  knock: flag,
  /** Of the room; who opens a room gives it one (O7). */
  password: v.optional(password),
  details: v.optional(details),
  media: v.optional(media),
  /** Only wants to know who is there, without entering (O10). */
  watch: flag,
});

/** What is asked of a room, and what a peer tells of itself (O). Each is a request (E3). */
const placeRequests = {
  "set-lock": v.object({ locked: v.boolean() }),
  /** `null`: none. */
  "set-password": v.object({ password: v.nullable(password) }),
  admit: v.object({ peerId: id }),
  "turn-away": v.object({ peerId: id }),
  remove: v.object({ peerId: id }),
  "transfer-host": v.object({ peerId: id }),
  "end-room": v.object({}),
  /** What is absent stays; `details: null` takes them away. */
  update: v.object({
    name: v.optional(name),
    details: v.optional(v.nullable(details)),
    media: v.optional(media),
  }),
};

export type PlaceRequestType = keyof typeof placeRequests;

/** Each message from a client, by its event name. */
export const clientMessages = {
  ...placeRequests,
  signal: v.object({ to: id, envelope }),
  "set-ice-servers": v.object({ iceServers }),
  /** Are you there? The acknowledgement is the answer (K1). */
  beat: v.object({}),
  /** The page goes away and may come back (L7). */
  away: v.object({}),
  leave: v.object({}),
};

export type Handshake = v.InferOutput<typeof handshake>;

export type ClientMessageType = keyof typeof clientMessages;

export type ClientMessages = {
  [Type in ClientMessageType]: v.InferOutput<(typeof clientMessages)[Type]>;
};

/** A parsed message: its event name and its payload. */
export type ClientMessage = {
  [Type in ClientMessageType]: { type: Type; payload: ClientMessages[Type] };
}[ClientMessageType];
