import type { PeerInfo, RoomInfo } from "@cignal/protocol";
import type { SourceUse } from "./media/local-media.js";
import type { SourceState } from "./media/local-source.js";
import type { RecoveryCause } from "./peer/ice-restart.js";
import type { CallState } from "./peer/peer-machine.js";
import type { PeerMedia } from "./peer/remote-media.js";
import type { SignalingState } from "./signaling/connection-machine.js";

/** A peer as a page shows it. */
export interface PeerSnapshot extends Readonly<PeerInfo> {
  /** The call with this peer. */
  readonly call: CallState;
  /** Their microphone, camera and shared screen, by their own word. */
  readonly microphone: SourceUse;
  readonly camera: SourceUse;
  readonly screen: SourceUse;
  /** Their microphone and camera; `null` until they have sent any. */
  readonly stream: MediaStream | null;
  /** What they share; `null` while they do not. */
  readonly screenStream: MediaStream | null;
  /** The peer-to-peer connection; `"new"` while there is none. */
  readonly connection: RTCPeerConnectionState;
  /** Why the connection is being recovered, while it is. */
  readonly reconnecting: RecoveryCause | undefined;
}

/** Everything that a page may show, at one moment. Frozen; a change makes a new one. */
export interface CallSnapshot {
  readonly roomId: string;
  readonly me: Readonly<PeerInfo>;
  /** Own microphone, camera and shared screen. */
  readonly microphone: SourceState;
  readonly camera: SourceState;
  readonly screen: SourceState;
  readonly signaling: SignalingState;
  /** Whether the room is locked and has a password. */
  readonly room: Readonly<RoomInfo>;
  /** Who knocks, in the order in which they came; only hosts are told. */
  readonly waiting: readonly Readonly<PeerInfo>[];
  /** The others, in the order in which they came. */
  readonly peers: readonly PeerSnapshot[];
  /** Whether the call with anybody is on. */
  readonly inCall: boolean;
}

interface Sources {
  roomId: string;
  me: PeerInfo;
  microphone: SourceState;
  camera: SourceState;
  screen: SourceState;
  signaling: SignalingState;
  room: RoomInfo | undefined;
  waiting: readonly PeerInfo[];
  peers: readonly {
    info: PeerInfo;
    callState: CallState;
    media: PeerMedia;
    stream: MediaStream | null;
    screenStream: MediaStream | null;
    connectionState: RTCPeerConnectionState;
    trouble: RecoveryCause | undefined;
  }[];
}

const OPEN: RoomInfo = { locked: false, hasPassword: false };

export function takeSnapshot({ me, peers, room = OPEN, waiting, ...rest }: Sources): CallSnapshot {
  const shown = peers.map((peer) => {
    const { info, callState, media, stream, screenStream, connectionState, trouble } = peer;
    return Object.freeze({
      ...info,
      call: callState,
      ...media,
      stream,
      screenStream,
      connection: connectionState,
      reconnecting: trouble,
    });
  });
  return Object.freeze({
    ...rest,
    me: Object.freeze({ ...me }),
    room: Object.freeze({ ...room }),
    waiting: Object.freeze([...waiting]),
    peers: Object.freeze(shown),
    inCall: shown.some(({ call, inspector }) => call === "in-call" && (me.inspector || !inspector)),
  });
}
