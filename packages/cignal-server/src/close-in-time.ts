import type { Server, Socket } from "node:net";

/** How long the last answers may take, in milliseconds. */
const LAST_ANSWERS_MS = 1_000;

/**
 * Keeps account of who is connected. What it returns waits for the server that is being closed, but not for long: Node gives
 * a minute to a connection that has not asked for anything yet, as browsers open in advance, and two to one that does not
 * begin with TLS; and a WebSocket may leave its end without an answer.
 */
export function closeInTime(server: Server): (closing: Promise<void>) => Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return async (closing) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, LAST_ANSWERS_MS);
    await closing.finally(() => clearTimeout(timer));
  };
}
