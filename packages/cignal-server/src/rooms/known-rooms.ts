import type { Room } from "./room-state.js";
import type { RoomStore } from "./room-store.js";

interface Refreshing {
  /** It has begun: whoever comes now may know of something newer than it brings. */
  readonly running: Promise<void>;
  /** Begins when that one is over. */
  next?: Promise<void>;
}

/** The rooms with members on this node, as this node has seen them last, so that a signal need not wait for the store. */
export class KnownRooms {
  readonly #rooms = new Map<string, Room>();
  readonly #refreshing = new Map<string, Refreshing>();
  readonly #store: RoomStore;
  readonly #node: string;
  readonly #forgotten: (roomId: string) => void;

  constructor(store: RoomStore, node: string, forgotten: (roomId: string) => void) {
    this.#store = store;
    this.#node = node;
    this.#forgotten = forgotten;
  }

  get(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  ids(): string[] {
    return [...this.#rooms.keys()];
  }

  /** A room as it was when it was read or written. */
  learn(room: Room): void {
    const { id, members, revision } = room;
    if (!members.some(({ presence }) => presence.node === this.#node)) this.forget(id);
    else if (revision >= (this.#rooms.get(id)?.revision ?? 0)) this.#rooms.set(id, room);
  }

  forget(roomId: string): void {
    if (this.#rooms.delete(roomId)) this.#forgotten(roomId);
  }

  /**
   * Reads a room again if it is known, at most once at a time. Resolves when it is known as it was at the time of the
   * call or later, or the store has failed. Never rejects.
   */
  refresh(roomId: string): Promise<void> {
    const refreshing = this.#refreshing.get(roomId);
    if (refreshing) {
      refreshing.next ??= refreshing.running.then(() => this.#begin(roomId));
      return refreshing.next;
    }
    return this.#begin(roomId);
  }

  #begin(roomId: string): Promise<void> {
    const running = this.#read(roomId);
    const refreshing: Refreshing = { running };
    this.#refreshing.set(roomId, refreshing);
    void running.then(() => {
      if (!refreshing.next) this.#refreshing.delete(roomId);
    });
    return running;
  }

  async #read(roomId: string): Promise<void> {
    try {
      const room = await this.#store.load(roomId);
      // A room that is not there may be lost rather than closed; its sockets will tell.
      if (room && this.#rooms.has(roomId)) this.learn(room);
    } catch {
      // What is known has to do.
    }
  }
}
