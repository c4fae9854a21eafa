import * as v from "valibot";
import { counter, id, peerInfo, roomInfo, token } from "./fields.js";
import { envelope } from "./peer-to-peer.js";

/** The server has checked its list (C1), and RTCPeerConnection does so again. */
const iceServers = v.array(
  v.object({
    urls: v.custom<string | string[]>((urls) =>
      [urls].flat().every((url) => typeof url === "string"),
    ),
    username: v.optional(v.string()),
    credential: v.optional(v.string()),
  }),
);

const wireError = v.object({
  code: v.string(),
  message: v.string(),
  field: v.optional(v.string()),
  retryAfterMs: v.optional(counter),
});

/** Why somebody is no longer in the room (R4): they left, their grace period ended, or they were put out. */
const leaveReason = v.picklist(["left", "timeout", "removed"]);

/** Each message from the server that any call needs, by its event name; the others are `placeMessages`. */
export const serverMessages = {
  /** The handshake was accepted: you are in the room (H3). */
  welcome: v.object({
    protocol: counter,
    roomId: id,
    you: peerInfo,
    /** Who else is in the room, in the order in which they came. */
    peers: v.array(peerInfo),
    revision: counter,
    iceServers,
    resumeToken: token,
    /** How long a member that is cut off keeps its place (L3). */
    gracePeriodMs: counter,
    /** Whether this continues an earlier membership (L4). */
    resumed: v.boolean(),
    /** Absent: an older server. */
    room: v.optional(roomInfo),
    /** Who knocks, in the order in which they came; only hosts are told (O4). */
    waiting: v.optional(v.array(peerInfo)),
  }),
  /** The handshake was a check, and is in order (H7); the server closes the socket. */
  checked: v.object({ protocol: counter, iceServers }),
  /** The handshake was refused; the server closes the socket (H4). */
  refused: wireError,
  "peer-joined": v.object({ peer: peerInfo, revision: counter }),
  "peer-left": v.object({ peerId: id, reason: leaveReason, revision: counter }),
  signal: v.object({ from: id, envelope }),
  "ice-servers": v.object({ iceServers }),
  /** Your membership ended without your asking (L6); the server closes the socket. */
  closed: wireError,
  error: wireError,
};

export type LeaveReason = v.InferOutput<typeof leaveReason>;

export type ServerMessageType = keyof typeof serverMessages;

export type ServerMessages = {
  [Type in ServerMessageType]: v.InferOutput<(typeof serverMessages)[Type]>;
};

export type ServerMessage = {
  [Type in ServerMessageType]: { type: Type; payload: ServerMessages[Type] };
}[ServerMessageType];

/** What the server acknowledges a request with: nothing wrong, or why it was refused (E3). */
export const ack = v.object({ error: v.optional(wireError) });

export type Ack = v.InferOutput<typeof ack>;
