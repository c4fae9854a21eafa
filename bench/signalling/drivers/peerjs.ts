import type { Driver } from "../driver.js";
import { closeSocket, openSocket } from "./web-socket.js";

/** What PeerJS 1.5.5 sends for a media connection. It knows no rooms. */
export const driver: Driver = {
  batch: 1,
  async join({ port, me, other, from }, onSignal) {
    const query = `key=peerjs&id=${me}&token=${me.slice(0, 11)}&version=1.5.5`;
    const url = `ws://127.0.0.1:${port}/peerjs?${query}`;
    const socket = await openSocket(url, from, (text) => {
      if (!text.startsWith('{"type":"OPEN"')) onSignal();
    });
    const connectionId = `mc_${me.slice(0, 11)}`;
    const send = (type: string, payload: object) =>
      socket.send(
        JSON.stringify({ type, payload: { ...payload, type: "media", connectionId }, dst: other }),
      );
    return {
      describe: ({ type, sdp }) => send(type.toUpperCase(), { sdp: { type, sdp } }),
      send: ([candidate]) => send("CANDIDATE", { candidate }),
      leave: () => closeSocket(socket),
    };
  },
};
