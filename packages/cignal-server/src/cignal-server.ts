import type { IceServer } from "@cignal/protocol";
import type { ServerEventListener, ServerEventName } from "./events/server-events.js";
import type { LogLevelsView } from "./log-levels.js";
import type { RoomSnapshot } from "./rooms/room-snapshot.js";
import type { RoomsPage, RoomsQuery } from "./rooms/rooms-view.js";

/** The rooms of a server, as snapshots. */
export interface RoomsView {
  /** How many rooms there are. */
  count(): Promise<number>;
  /** All rooms, read page by page. */
  all(): Promise<RoomSnapshot[]>;
  /**
   * Some rooms, in an order in which rooms that come and go move no other one from page to page.
   *
   * @throws RangeError if the query is wrong
   */
  page(query?: RoomsQuery): Promise<RoomsPage>;
  /** One room, or `undefined` if there is none with this id. */
  get(roomId: string): Promise<RoomSnapshot | undefined>;
}

/** How a server is doing, on this node. */
export interface ServerStatus {
  /**
   * - `open`: everybody can enter
   * - `draining`: nobody can open a room; who is in one stays, and others can join them
   * - `closed`: from the call of `close()`
   */
  readonly state: "open" | "draining" | "closed";
  /** Sockets, those included whose handshake is not answered yet. */
  readonly connections: number;
  /** Members who are connected. */
  readonly peers: number;
  /** How many live events wait, by publisher. Absent without the option `liveEvents`. */
  readonly liveEvents?: Readonly<Record<string, number>>;
}

/** A Cignal server that runs on a Socket.IO server. */
export interface CignalServer {
  readonly rooms: RoomsView;
  readonly logLevels: LogLevelsView;

  /**
   * Tells `listener` about every such event from now on. Whatever it throws is logged and harms nobody.
   *
   * @returns its undo
   */
  on<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): () => void;

  /**
   * Replaces the ICE servers of one room, those of `turn` included, or what the option `iceServers` says for all rooms
   * that have no list of their own, now and later. Everybody concerned gets the new list.
   *
   * @returns `false` if there is no such room
   * @throws OptionsError if the list is wrong
   */
  setICEServers(iceServers: IceServer[], scope?: { roomId?: string }): Promise<boolean>;

  /**
   * Puts everybody out of a room, which ends it. Each member gets `closed` with `room-closed`.
   *
   * @returns `false` if there is no such room
   */
  closeRoom(roomId: string): Promise<boolean>;

  /** How the server is doing now. */
  status(): ServerStatus;

  /**
   * Lets nobody open a room any more: they are refused with `server-closing`. Calls go on, and can be joined. For a node
   * that is to be closed when its last call is over. There is no way back.
   */
  drain(): void;

  /**
   * Closes all rooms, whose members get `closed` with `server-closing`, and Cignal's sockets. The Socket.IO server goes
   * on and can be given to `initSocketServer` again. Live events that wait are published, for some seconds at most. More
   * calls change nothing.
   */
  close(): Promise<void>;
}
