import { once } from "node:events";
import WebSocket from "ws";

/** Opens a socket, as browsers do. `onMessage` gets each message; resolves with the first. */
export async function openSocket(
  url: string,
  localAddress: string,
  onMessage: (text: string) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(url, { localAddress });
  socket.on("message", (data) => onMessage(data.toString()));
  await once(socket, "message");
  return socket;
}

export function closeSocket(socket: WebSocket): Promise<unknown> {
  const closed = once(socket, "close");
  socket.close();
  return closed;
}
