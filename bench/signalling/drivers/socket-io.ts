import type { Driver } from "../driver.js";
import { openSocketIo } from "./socket-io-client.js";

export const driver: Driver = {
  batch: 1,
  async join({ port, room, me, from }, onSignal) {
    const socket = await openSocketIo(`http://127.0.0.1:${port}`, from, { room, id: me });
    socket.on("signal", onSignal);
    return {
      describe: ({ type, sdp }) => socket.emit("signal", { description: { type, sdp } }),
      send: ([candidate]) => socket.emit("signal", { candidate }),
      leave: async () => socket.disconnect(),
    };
  },
};
