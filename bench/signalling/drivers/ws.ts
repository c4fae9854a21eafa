import type { Driver } from "../driver.js";
import { closeSocket, openSocket } from "./web-socket.js";

export const driver: Driver = {
  batch: 1,
  async join({ port, room, me, from }, onSignal) {
    const url = `ws://127.0.0.1:${port}/?room=${room}&id=${me}`;
    const socket = await openSocket(url, from, (text) => {
      if (text.startsWith('{"type":"message"')) onSignal();
    });
    const send = (message: unknown) => socket.send(JSON.stringify({ type: "message", message }));
    return {
      describe: ({ type, sdp }) => send({ description: { type, sdp } }),
      send: ([candidate]) => send({ candidate }),
      leave: () => closeSocket(socket),
    };
  },
};
