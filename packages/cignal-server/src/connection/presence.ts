import { isDeepStrictEqual } from "node:util";
import type { PlaceMessages } from "@cignal/protocol";
import type { Options } from "../options.js";
import { infoOf, type Room, visible } from "../rooms/room-state.js";
import type { ServerSocket } from "../socket-io.js";

type Presence = PlaceMessages["presence"];

/** Watchers of one room hear no more often, in milliseconds. */
const INTERVAL_MS = 250;

/** How often a room that other nodes may change is looked at, in milliseconds. */
const POLL_MS = 2_000;

type Terms = Pick<Options, "presence" | "capacity">;

/** How a room is, as those are told who are not in it (O10). */
export function presenceOf(room: Room | undefined, { presence, capacity }: Terms): Presence {
  const present = visible(room);
  const people = present.filter(({ peer }) => !peer.inspector).map(({ peer }) => peer);
  return {
    open: present.length > 0,
    size: people.length,
    capacity,
    ...infoOf(room),
    host: people.some(({ host }) => host),
    ...(presence === "names" && {
      peers: people.map(({ name, role, host }) => ({
        name,
        ...(role !== undefined && { role }),
        ...(host && { host }),
      })),
    }),
    revision: room?.revision ?? 0,
  };
}

/** A room that is watched from this node. */
interface Watched {
  readonly sockets: Set<ServerSocket>;
  /** What the watchers were told last. */
  told: Presence | undefined;
  /** What they are still to be told; `timer` runs while they were told something just now. */
  next: Presence | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Tells the watchers at this node of changes: the first at once, of several in a short time the last. */
export class PresenceBoard {
  readonly #terms: Terms;
  readonly #watched = new Map<string, Watched>();

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** Tells a socket about a room until it is closed. */
  add(roomId: string, socket: ServerSocket): void {
    const watched = this.#watched.get(roomId) ?? newlyWatched();
    this.#watched.set(roomId, watched);
    watched.sockets.add(socket);
    socket.on("disconnect", () => {
      watched.sockets.delete(socket);
      if (watched.sockets.size > 0) return;
      clearTimeout(watched.timer);
      this.#watched.delete(roomId);
    });
  }

  /** @param room - as it is now; `undefined` if there is none */
  changed(roomId: string, room: Room | undefined): void {
    const watched = this.#watched.get(roomId);
    if (!watched) return;
    const before = watched.next ?? watched.told;
    // A room that is no more has its last change, which must count as newer than those before.
    const revision = room?.revision ?? (before?.revision ?? 0) + 1;
    const now = { ...presenceOf(room, this.#terms), revision };
    if (before && isDeepStrictEqual({ ...before, revision }, now)) return;
    watched.next = now;
    if (!watched.timer) this.#tell(watched);
  }

  /**
   * Looks again and again at the rooms that are watched here, which other nodes may have changed.
   *
   * @param look - reads a room
   * @returns what ends it
   */
  poll(look: (roomId: string) => Promise<Room | undefined>): () => void {
    const lookAtAll = () => {
      for (const roomId of this.#watched.keys()) {
        look(roomId).then(
          (room) => this.changed(roomId, room),
          // The store is away; the next look may succeed.
          () => {},
        );
      }
    };
    const timer = setInterval(lookAtAll, POLL_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  #tell(watched: Watched): void {
    const { next } = watched;
    watched.timer = undefined;
    if (!next) return;
    watched.told = next;
    watched.next = undefined;
    for (const socket of watched.sockets) socket.emit("presence", next);
    watched.timer = setTimeout(() => this.#tell(watched), INTERVAL_MS).unref();
  }
}

const newlyWatched = (): Watched => ({
  sockets: new Set(),
  told: undefined,
  next: undefined,
  timer: undefined,
});
