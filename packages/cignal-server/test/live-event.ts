import type { RoomJoin } from "../src/events/live-event.js";

/** Somebody who has joined a room. */
export function liveEvent(roomId: string, sequence: number): RoomJoin {
  return {
    event: "room.join",
    eventVersion: 1,
    eventId: `${roomId} ${sequence}`,
    time: 0,
    sequence,
    roomId,
    roomSize: 1,
    socketId: "s",
    peerId: "p",
    ip: "::1",
  };
}
