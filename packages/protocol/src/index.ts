export {
  type ClientMessage,
  type ClientMessages,
  type ClientMessageType,
  clientMessages,
  type Handshake,
  handshake,
  type PlaceRequestType,
} from "./client-to-server.js";
export {
  ProtocolError,
  SERVER_ERROR_CODES,
  type ServerErrorCode,
  type WireError,
} from "./error-codes.js";
export {
  type About,
  about,
  type Details,
  data,
  details,
  id,
  type Media,
  media,
  name,
  type PeerInfo,
  password,
  type RoomInfo,
} from "./fields.js";
export { type IceServer, iceServers } from "./ice-servers.js";
export { LIMITS } from "./limits.js";
export { parse, parseNamed } from "./parse.js";
export {
  type CandidatesMessage,
  type DescriptionMessage,
  type EndedMessage,
  type Envelope,
  envelope,
  type PeerMessage,
  type Sending,
} from "./peer-to-peer.js";
// The schemas are at "@cignal/protocol/place": a page that makes no call yet need not load them.
export type {
  PlaceMessage,
  PlaceMessages,
  PlaceMessageType,
  WaitingReason,
} from "./place.js";
export {
  type Ack,
  ack,
  type LeaveReason,
  type ServerMessage,
  type ServerMessages,
  type ServerMessageType,
  serverMessages,
} from "./server-to-client.js";
export { negotiateVersion, PROTOCOL_VERSIONS } from "./version.js";
