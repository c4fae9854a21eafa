import * as v from "valibot";
import { about, accessToken, counter, id, name, relayOnly, token } from "./fields.js";
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
  relayOnly,
  about,
  /** Only asks whether it could enter some room (H7). */
  check: v.optional(v.boolean()),
});

/** Each message from a client, by its event name. */
export const clientMessages = {
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
