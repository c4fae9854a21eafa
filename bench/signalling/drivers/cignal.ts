import type { Driver } from "../driver.js";
import { openSocketIo } from "./socket-io-client.js";

/**
 * What cignal-client sends, see PROTOCOL.md. It collects candidates for 5 ms: in Chromium an offerer's come in three
 * bursts (UDP, STUN, TCP) and an answerer's in one. With five in a batch the 15 and 5 make these four messages.
 *
 * @param token - makes what each of them shows to be let into a room; they show nothing by default
 */
export const cignal = (token?: (room: string) => Promise<string>): Driver => ({
  batch: 5,
  async join({ port, room, me, other, from }, onSignal) {
    const socket = await openSocketIo(`http://127.0.0.1:${port}/cignal`, from, {
      protocol: [1],
      roomId: room,
      peerId: me,
      peerName: "Ada",
      ...(token && { token: await token(room) }),
    });
    socket.on("signal", onSignal);
    const connection = room.replaceAll("-", "");
    const envelope = { session: me.replaceAll("-", ""), first: 1, received: 0 };
    let number = 0;
    const send = (message: object) => {
      number++;
      const numbered = { ...envelope, number, message: { ...message, connection } };
      socket.emit("signal", { to: other, envelope: numbered });
    };
    // The server takes a silent socket for lost (K1, K2).
    const beating = setInterval(() => socket.emit("beat", {}, () => undefined), 10_000);
    socket.once("disconnect", () => clearInterval(beating));
    return {
      describe: ({ type, sdp }) => send({ type: "description", description: { type, sdp } }),
      send: (candidates) => send({ type: "candidates", candidates }),
      beat: () => socket.emitWithAck("beat", {}),
      leave: async () => {
        socket.disconnect();
      },
    };
  },
});
