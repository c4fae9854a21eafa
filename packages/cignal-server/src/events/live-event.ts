import type { About, LeaveReason } from "@cignal/protocol";

interface InRoom<Name extends string> {
  event: Name;
  /** Of this format. A field more does not make a new one. */
  eventVersion: 1;
  /** Unique, the same each time that the event is published. */
  eventId: string;
  /** When it happened, in milliseconds since the epoch. */
  time: number;
  /**
   * The order of what happened in a room: higher in each `room.join` and `room.leave` of it, with gaps. In `room.live`, up
   * to which of them it is counted.
   */
  sequence: number;
  roomId: string;
  /** How many members the room has from now on. */
  roomSize: number;
}

/** A membership, the same from its `room.join` to its `room.leave`. */
export interface LiveSession {
  /** Names the membership, also after a lost connection. Opens no door. */
  socketId: string;
  peerId: string;
  /** The host application's id of the user, if `authenticate` has said one. */
  userId?: string;
}

/** Platform, versions, device and network are what the client says, or absent. */
interface Joined extends LiveSession, About {
  /** The network address of the client, by `trustProxy`. */
  ip: string;
}

/** Somebody has joined a room. */
export type RoomJoin = InRoom<"room.join"> & Joined;

/** A membership has ended. */
export type RoomLeave = InRoom<"room.leave"> & Joined & { reason: LeaveReason };

/** A room that runs, at intervals. */
export type RoomLive = InRoom<"room.live"> & { sessions: LiveSession[] };

/** What happens in rooms, as other systems are told. Plain JSON. */
export type LiveEvent = RoomJoin | RoomLeave | RoomLive;

/** Where live events go. */
export interface Publisher {
  /** As metrics and log call it. Default: `"function"` for a function, else `"publisher"`. */
  readonly name?: string;
  /**
   * Publishes an event. It is called again with the same event if it rejects, or takes longer than 10 s, when `signal` is
   * aborted; not for an `EventRefused`. Events of one room come one after another, those of others meanwhile.
   */
  publish(event: LiveEvent, signal: AbortSignal): unknown;
  /** The server is closed and nothing more will come. */
  close?(): unknown;
}

/** Rejecting with this, a publisher says that it is of no use to try the event again. */
export class EventRefused extends Error {
  override readonly name = "EventRefused";
}

/**
 * - `published`
 * - `failed`: an attempt, which is made again
 * - `refused`: not wanted, so that it is not tried again
 * - `dropped`: more was waiting than may, or the server was closed
 */
export const LIVE_EVENT_RESULTS = ["published", "failed", "refused", "dropped"] as const;

export type LiveEventResult = (typeof LIVE_EVENT_RESULTS)[number];
