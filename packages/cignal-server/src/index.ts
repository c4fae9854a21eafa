export type { About, IceServer, LeaveReason, PeerInfo, ServerErrorCode } from "@cignal/protocol";
export type {
  Action,
  Actor,
  Authenticate,
  Authorize,
  HandshakeInfo,
  IceServersFor,
  Identity,
  Refused,
  Role,
  Verdict,
} from "./access/hooks.js";
export type { CignalServer, RoomsView, ServerStatus } from "./cignal-server.js";
export { type Dashboard, loadDashboard } from "./dashboard.js";
export {
  EventRefused,
  type LiveEvent,
  type LiveEventResult,
  type LiveSession,
  type Publisher,
  type RoomJoin,
  type RoomLeave,
  type RoomLive,
} from "./events/live-event.js";
export type {
  HandshakeResult,
  MembershipNews,
  ServerEventListener,
  ServerEventName,
  ServerEvents,
} from "./events/server-events.js";
export type { TurnOptions } from "./ice/turn-credentials.js";
export { initSocketServer } from "./init-socket-server.js";
export type { LogArea, LogDetails, Logger, LogLevel } from "./log.js";
export type { LogLevelsView } from "./log-levels.js";
export {
  type HistoryEntry,
  type HistoryLimits,
  type HistoryPeer,
  type HistoryStore,
  MemoryHistoryStore,
} from "./operations/history-store.js";
export {
  type MetricsSource,
  type OperatorListener,
  type OperatorOptions,
  operatorListener,
} from "./operations/http.js";
export {
  type RoomHistory,
  type RoomHistoryOptions,
  recordHistory,
} from "./operations/room-history.js";
export {
  keepStatistics,
  type Statistics,
  type StatisticsReport,
  type StatisticsStep,
} from "./operations/statistics.js";
export {
  type AddressLimits,
  type CignalServerOptions,
  type Limits,
  type LiveEventsOptions,
  type MessageLimits,
  OptionsError,
} from "./options.js";
export { MemoryStore } from "./rooms/memory-store.js";
export type { PeerSnapshot, RoomSnapshot } from "./rooms/room-snapshot.js";
export type { Member, Presence, Room, Session, Standing } from "./rooms/room-state.js";
export type {
  CommitResult,
  Lease,
  Leases,
  Page,
  PageQuery,
  RoomStore,
} from "./rooms/room-store.js";
export type { RoomsPage, RoomsQuery } from "./rooms/rooms-view.js";
export { allRooms, totalRoomsRunning } from "./running-servers.js";
export type {
  ServerNamespace,
  ServerSocket,
  SocketHandshake,
  SocketServer,
} from "./socket-io.js";
