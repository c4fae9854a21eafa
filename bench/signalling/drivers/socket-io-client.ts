import { io, type Socket } from "socket.io-client";

/** Connects over WebSocket; resolves when the server has said `welcome`. */
export async function openSocketIo(
  url: string,
  localAddress: string,
  auth: Record<string, unknown>,
): Promise<Socket> {
  // Node's WebSocket takes `localAddress` too, which the types leave out.
  const options = {
    transports: ["websocket"],
    multiplex: false,
    reconnection: false,
    auth,
    localAddress,
  };
  const socket = io(url, options);
  await new Promise((resolve, reject) => {
    socket.once("welcome", resolve).once("connect_error", reject).once("refused", reject);
  });
  return socket;
}
