import type { CignalEvents } from "./cignal-events.js";
import type { Emitter } from "./lib/emitter.js";
import type { RoomEvents } from "./room.js";

/** Tells the page what happens in its room, and before that what plays of it that there is more or less to show. */
export function roomEvents(events: Emitter<CignalEvents>, onStreams: () => void) {
  return {
    onJoined: (peer) => events.emit("peerJoined", peer.name, { peer }),
    onGone: (peer, reason) => events.emit("peerHangUp", { reason }, { peer }),
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
    onInformation: (peer, data) => events.emit("information", data, { peer }),
    onReconnecting: (peer, cause) => events.emit("reconnecting", { peer, cause }),
    onReconnected: (peer, gapMs) => events.emit("reconnected", { peer, gapMs }),
    onConnectionFailed: (peer, diagnosis) =>
      events.emit("connectionFailed", { peer, ...diagnosis }),
  } satisfies Partial<RoomEvents>;
}
