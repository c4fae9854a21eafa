import type { PeerInfo } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import type { CignalError } from "../errors.js";
import type { CancelReason } from "./call.js";
import type { Diagnosis } from "./diagnosis.js";
import type { RecoveryCause } from "./ice-restart.js";
import type { PeerLineOptions } from "./peer-line.js";
import type { PeerMedia } from "./remote-media.js";

/** What a peer needs from the outside and tells it. */
export interface PeerSurroundings
  extends Pick<PeerLineOptions, "signal" | "serverHeardAt" | "onUnease" | "onDoubt"> {
  browser: Browser;
  /** Whether to connect before the call starts (P2). */
  warm: boolean;
  /** Whether a call of theirs is answered only when the page says so (N1). */
  rings: boolean;
  /** How long a call may take to begin, and a message to be taken, in milliseconds. */
  timeoutMs: number;
  /** How long a call may ring, in milliseconds. */
  ringTimeoutMs: number;
  /** They started the call; it is answered by itself. */
  onCalled: (peer: PeerInfo) => void;
  /** They started the call; `accept` or `reject` it. */
  onIncoming: (peer: PeerInfo) => void;
  /** A call of theirs has stopped ringing before it was answered. */
  onCancelled: (peer: PeerInfo, reason: CancelReason) => void;
  onStream: (peer: PeerInfo, stream: MediaStream) => void;
  /** They share their screen, or, with `null`, no longer. */
  onScreen: (peer: PeerInfo, stream: MediaStream | null) => void;
  /** They have muted or unmuted, or switched something on or off. */
  onMedia: (peer: PeerInfo, media: PeerMedia) => void;
  onInformation: (peer: PeerInfo, data: unknown, topic: string | undefined) => void;
  /** They said that they leave. */
  onBye: (peer: PeerInfo) => void;
  /** Media do not arrive any more; what can be done is being done. */
  onReconnecting: (peer: PeerInfo, cause: RecoveryCause) => void;
  /** They arrive again, after a gap of so many milliseconds. */
  onReconnected: (peer: PeerInfo, gapMs: number) => void;
  /** No path to them was found. */
  onConnectionFailed: (peer: PeerInfo, diagnosis: Diagnosis) => void;
  /** The call state or the connection state changed. */
  onChange: () => void;
  onError: (error: CignalError) => void;
}
