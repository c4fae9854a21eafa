import type { PeerInfo } from "@cignal/protocol";
import type { RecoveryCause } from "./peer/ice-restart.js";
import type { CallState } from "./peer/peer-machine.js";
import type { SignalingState } from "./signaling/connection-machine.js";

/** A peer as a page shows it. */
export interface PeerSnapshot extends Readonly<PeerInfo> {
  /** The call with this peer. */
  readonly call: CallState;
  /** The peer-to-peer connection; `"new"` while there is none. */
  readonly connection: RTCPeerConnectionState;
  /** Why the connection is being recovered, while it is. */
  readonly reconnecting: RecoveryCause | undefined;
}

/** Everything that a page may show, at one moment. Frozen; a change makes a new one. */
export interface CallSnapshot {
  readonly roomId: string;
  readonly me: Readonly<PeerInfo>;
  readonly signaling: SignalingState;
  /** The others, in the order in which they came. */
  readonly peers: readonly PeerSnapshot[];
  /** Whether the call with anybody is on. */
  readonly inCall: boolean;
}

interface Sources {
  roomId: string;
  me: PeerInfo;
  signaling: SignalingState;
  peers: readonly {
    info: PeerInfo;
    callState: CallState;
    connectionState: RTCPeerConnectionState;
    trouble: RecoveryCause | undefined;
  }[];
}

export function takeSnapshot({ roomId, me, signaling, peers }: Sources): CallSnapshot {
  const shown = peers.map(({ info, callState, connectionState, trouble }) =>
    Object.freeze({
      ...info,
      call: callState,
      connection: connectionState,
      reconnecting: trouble,
    }),
  );
  return Object.freeze({
    roomId,
    me: Object.freeze({ ...me }),
    signaling,
    peers: Object.freeze(shown),
    inCall: shown.some(({ call }) => call === "in-call"),
  });
}
