import type { LeaveReason, PeerInfo, RoomInfo } from "@cignal/protocol";
import type { CallSnapshot } from "./call-state.js";
import type { CignalError, CignalErrorCode, Outcome } from "./errors.js";
import type { DeviceList } from "./media/device-list.js";
import type { SourceState } from "./media/local-source.js";
import type { SourceKind } from "./media/source.js";
import type { CancelReason } from "./peer/call.js";
import type { Diagnosis } from "./peer/diagnosis.js";
import type { RecoveryCause } from "./peer/ice-restart.js";
import type { PeerMedia } from "./peer/remote-media.js";

/** Which peer an event is about. */
export interface AboutPeer {
  readonly peer: Readonly<PeerInfo>;
}

/** Why a peer is gone: what the server says (PROTOCOL.md R4), or that the room or this side's membership ended. */
export type HangUpReason = LeaveReason | "closed";

/** A call that rings here. */
export interface IncomingCall {
  /** Starts microphone and camera, as `mediaConstraints` say, and the call. Resolves when it is on. */
  accept(): Promise<Outcome>;
  /** Declines it. The reason, at most 64 characters, is shown to the caller. */
  reject(reason?: string): void;
}

/** Every event of a `Cignal` and what its listeners get. */
export interface CignalEvents {
  /** Own microphone and camera, once. */
  localStream: [stream: MediaStream];
  /** A source of this side has another state: muted, interrupted by a phone call, pulled out, back again. */
  localMediaChanged: [source: SourceKind, state: SourceState];
  /** A device was connected or removed, or its name is known now. A late listener gets the newest list alone. */
  devicesChanged: [devices: DeviceList];
  /** What a peer sends, once for each peer that sends anything. */
  remoteStream: [stream: MediaStream, about: AboutPeer];
  /** Somebody shares a screen, with its sound where there is any; `null` when that is over. */
  screenStream: [stream: MediaStream | null, about: AboutPeer];
  /** Somebody in the call has muted or unmuted, or switched microphone, camera or screen on or off. */
  peerMediaChanged: [media: PeerMedia, about: AboutPeer];
  /** Somebody is in the room: the call can be started. Also for those who were there before. */
  peerJoined: [name: string, about: AboutPeer];
  /** What is known of somebody, oneself included, has changed: their name, whether they are host, `details`, `media`. */
  peerUpdated: [name: string, about: AboutPeer];
  /** The room was locked or unlocked, or has a password or none. A late listener gets the newest alone. */
  roomUpdated: [room: Readonly<RoomInfo>];
  /** Somebody asks to be let in: `room.admit` or `room.turnAway`. Only hosts are told. */
  knocking: [name: string, about: AboutPeer];
  /** They do so no longer: they were let in or turned away, or have gone. */
  knockEnded: [name: string, about: AboutPeer];
  /** A peer has started the call; it is answered by itself. */
  offerReceived: [name: string, about: AboutPeer];
  /** A peer calls, and waits for `accept()` or `reject()`; with the option `ring` alone. */
  incomingCall: [call: IncomingCall, about: AboutPeer];
  /** A call has stopped ringing here before it was accepted. */
  callCancelled: [end: { readonly reason: CancelReason }, about: AboutPeer];
  /** A peer is gone for good; once for each. */
  peerHangUp: [gone: { readonly reason: HangUpReason }, about: AboutPeer];
  /** Media from a peer do not arrive any more. What can be done is being done; the call goes on. */
  reconnecting: [trouble: AboutPeer & { readonly cause: RecoveryCause }];
  /** Media arrive again, after a gap of so many milliseconds. Follows each `reconnecting`, unless the peer is gone. */
  reconnected: [recovery: AboutPeer & { readonly gapMs: number }];
  /** No path to a peer was found: why, and what to do. It is tried again when something changes. */
  connectionFailed: [failure: AboutPeer & Readonly<Diagnosis>];
  /** The browser plays an attached element only after a click. Once, until `resumePlayback()` was called by one. */
  playbackBlocked: [];
  /** What a peer sent with `inform`. Text stays text: show it with `textContent`, never as markup. */
  information: [data: Json, about: AboutPeer];
  /** Something failed on this side; the call goes on with what is left. */
  clientError: [failure: { readonly reason: string; readonly error: CignalError }];
  /** The server refused something or ended the membership. */
  serverError: [
    failure: {
      readonly reason: { readonly code: CignalErrorCode | (string & {}); readonly message: string };
      readonly error: CignalError;
    },
  ];
  /** Anything that a page may show has changed. A listener that comes late gets the newest snapshot alone. */
  stateChanged: [state: CallSnapshot];
}

/**
 * JSON as the other side sent it. The library has checked its size and depth; what is in it is up to your app, so it is
 * as open as a parsed JSON text.
 */
// biome-ignore lint/suspicious/noExplicitAny: the documented sample reads data.chatMessage without a check
export type Json = any;
