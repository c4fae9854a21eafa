import { Cignal } from "cignal-client";
import type { Contender } from "../contender.js";

/** Cignal as its README shows it; `warm` connects before the click, otherwise the click does. */
export const cignal =
  (warm: boolean): Contender =>
  async (side, onStream) => {
    const room = await Cignal.createRoom({
      url: `http://${side.host}:${side.port}`,
      roomId: side.room,
      peerId: side.me,
      mediaConstraints: side.media,
      iceTransportPolicy: side.rtc.iceTransportPolicy,
      warm,
    });
    room.on("remoteStream", onStream);
    await new Promise((resolve) => room.on("localStream", resolve));
    const ready = new Promise<void>((resolve) => {
      const look = () => {
        const [other] = room.state.peers;
        if (other && (!warm || other.connection === "connected")) resolve();
      };
      room.on("stateChanged", look);
      look();
    });
    return { ready, call: () => room.joinRoom() };
  };
