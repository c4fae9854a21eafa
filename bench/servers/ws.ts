import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { listen, type Place } from "../lib/listen.js";

/**
 * A bare relay on `ws`: connecting to `/?room=R&id=I` joins; what a member sends goes to the others as it is. They are
 * told who comes and goes.
 */
export function start(place: Place = {}): Promise<number> {
  const http = createServer();
  const rooms = new Map<string, Map<string, WebSocket>>();
  new WebSocketServer({ server: http }).on("connection", (socket, request) => {
    const query = new URL(request.url ?? "/", "http://relay").searchParams;
    const room = query.get("room") ?? "";
    const id = query.get("id") ?? "";
    const members = rooms.get(room) ?? new Map<string, WebSocket>();
    rooms.set(room, members);
    const toOthers = (text: string) => {
      for (const member of members.values()) if (member !== socket) member.send(text);
    };
    socket.send(JSON.stringify({ type: "welcome", peers: [...members.keys()] }));
    members.set(id, socket);
    toOthers(JSON.stringify({ type: "joined", id }));
    socket.on("message", (data) => toOthers(data.toString()));
    socket.on("close", () => {
      members.delete(id);
      if (members.size === 0) rooms.delete(room);
      toOthers(JSON.stringify({ type: "left", id }));
    });
  });
  return listen(http, place);
}
