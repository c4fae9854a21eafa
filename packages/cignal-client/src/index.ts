export type {
  Details,
  IceServer,
  LeaveReason,
  Media,
  PeerInfo,
  RoomInfo,
  WaitingReason,
} from "@cignal/protocol";
export { getUrlParam } from "./browser/get-url-param.js";
export type { CallSnapshot, PeerSnapshot } from "./call-state.js";
export type { CheckOptions } from "./check/check-connection.js";
export type { CheckCode, CheckedLeg, ConnectionReport } from "./check/report.js";
export { Cignal } from "./cignal.js";
export type { CignalData } from "./cignal-data.js";
export type {
  AboutPeer,
  CignalEvents,
  HangUpReason,
  IncomingCall,
  Json,
} from "./cignal-events.js";
export {
  CignalError,
  type CignalErrorCode,
  type ClientErrorCode,
  type Outcome,
} from "./errors.js";
export { listDevices } from "./list-devices.js";
export type { DeviceList, ListedDevice } from "./media/device-list.js";
export type { SourceUse } from "./media/local-media.js";
export type { LocalSource, SourceState } from "./media/local-source.js";
export type { AudioQuality, Quality, VideoQuality } from "./media/quality-options.js";
export type { LocalScreen, ScreenOptions } from "./media/screen.js";
export type { CignalOptions } from "./options.js";
export type { CancelReason } from "./peer/call.js";
export type { Diagnosis } from "./peer/diagnosis.js";
export type { RecoveryCause } from "./peer/ice-restart.js";
export type { CallState } from "./peer/peer-machine.js";
export type { PeerMedia } from "./peer/remote-media.js";
export type { SecurityCode } from "./peer/security-code.js";
export type { AttachOptions } from "./playback/attachment.js";
export type { RoomControls, SelfUpdate } from "./room-controls.js";
export type { SignalingState } from "./signaling/connection-machine.js";
export type { SignalingSocket } from "./signaling/socket.js";
export type { Scenario, ScenarioOptions } from "./simulate/simulate.js";
export type { RoomPresence, RoomWatch, WatchOptions } from "./watch/watch-room.js";
