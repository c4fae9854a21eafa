import type { ServerSocket } from "../socket-io.js";

/** Socket.IO's connectionStateRecovery puts a socket back where it was; here, only a resume token does (L4). */
export function forgetRecovery(socket: ServerSocket): void {
  for (const room of [...socket.rooms]) {
    if (room !== socket.id) socket.leave(room);
  }
}
