import { createServer } from "node:http";
import { Server } from "socket.io";
import { listen } from "../lib/listen.js";
import { QUIET } from "./quiet.js";

/** A bare relay on Socket.IO: the room is in the handshake; what a member sends goes to the others in it. */
export function start(): Promise<number> {
  const http = createServer();
  new Server(http, QUIET).on("connection", (socket) => {
    const { room, id } = socket.handshake.auth as { room: string; id: string };
    socket.join(room);
    socket.emit("welcome");
    socket.to(room).emit("joined", id);
    socket.on("signal", (message: unknown) => socket.to(room).emit("signal", message));
    socket.on("disconnect", () => socket.to(room).emit("left", id));
  });
  return listen(http);
}
