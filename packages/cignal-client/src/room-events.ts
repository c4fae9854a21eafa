import type { PeerInfo, WaitingReason } from "@cignal/protocol";
import type { CignalEvents, HangUpReason } from "./cignal-events.js";
import type { DoorEvents } from "./door.js";
import type { Emitter } from "./lib/emitter.js";
import type { PeerSurroundings } from "./peer/peer-surroundings.js";

export interface RoomEvents
  extends DoorEvents,
    Pick<
      PeerSurroundings,
      | "onCalled"
      | "onIncoming"
      | "onCancelled"
      | "onMedia"
      | "onStream"
      | "onScreen"
      | "onInformation"
      | "onReconnecting"
      | "onReconnected"
      | "onConnectionFailed"
      | "onChange"
      | "onError"
    > {
  onJoined: (peer: PeerInfo) => void;
  /** Once for each `onJoined`, unless we leave first. */
  onGone: (peer: PeerInfo, reason: HangUpReason) => void;
  /** What the others see of somebody, or of us, has changed. */
  onUpdated: (peer: PeerInfo) => void;
  /** A host must let us in first. */
  onWaiting: (reason: WaitingReason) => void;
  /** The membership ended without our asking; everybody is gone. */
  onEnd: () => void;
}

/** Tells the page what happens in its room, and before that what keeps account of streams that there is another one. */
export function roomEvents(events: Emitter<CignalEvents>, onStreams: () => void) {
  return {
    onJoined: (peer) => events.emit("peerJoined", peer.name, { peer }),
    onGone: (peer, reason) => events.emit("peerHangUp", { reason }, { peer }),
    onUpdated: (peer) => events.emit("peerUpdated", peer.name, { peer }),
    onRoomUpdated: (room) => events.emit("roomUpdated", room),
    onKnocking: (peer) => events.emit("knocking", peer.name, { peer }),
    onKnockEnded: (peer) => events.emit("knockEnded", peer.name, { peer }),
    onCalled: (peer) => events.emit("offerReceived", peer.name, { peer }),
    onCancelled: (peer, reason) => events.emit("callCancelled", { reason }, { peer }),
    onStream: (peer, stream) => {
      onStreams();
      events.emit("remoteStream", stream, { peer });
    },
    onScreen: (peer, stream) => {
      onStreams();
      events.emit("screenStream", stream, { peer });
    },
    onReconnecting: (peer, cause) => events.emit("reconnecting", { peer, cause }),
    onReconnected: (peer, gapMs) => events.emit("reconnected", { peer, gapMs }),
    onConnectionFailed: (peer, diagnosis) =>
      events.emit("connectionFailed", { peer, ...diagnosis }),
  } satisfies Partial<RoomEvents>;
}
