import { name, type PeerInfo, ProtocolError, parse } from "@cignal/protocol";
import type { IncomingCall } from "./cignal-events.js";
import type { LocalMedia } from "./media/local-media.js";
import type { Outcomes } from "./outcomes.js";
import type { Room } from "./room.js";

interface Surroundings {
  room: Room;
  media: LocalMedia;
  outcomes: Outcomes;
}

/** What a page can do with the call of this peer while it rings. */
export function incomingCall(
  { id }: PeerInfo,
  { room, media, outcomes }: Surroundings,
): IncomingCall {
  return {
    accept: () =>
      outcomes.attempt(async () => {
        const [peer] = room.somebody(id);
        void media.start();
        await peer?.accept();
      }),
    reject: (reason) => {
      const checked = reason && parse(name, reason);
      if (checked instanceof ProtocolError) {
        throw new TypeError(`reject(reason): ${checked.message}, at most 64 characters`);
      }
      for (const peer of room.peers) if (peer.info.id === id) peer.reject(reason);
    },
  };
}
