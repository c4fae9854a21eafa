import { missedChanges } from "./missed.js";
import type { Member, Room } from "./room-state.js";
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
  /** The same after the last change that this node has made. */
  readonly #told = new Map<string, Room>();
  readonly #refreshing = new Map<string, Refreshing>();
  readonly #store: RoomStore;
  readonly #node: string;
  readonly #isHere: (connection: string) => boolean;
  readonly #forgotten: (roomId: string) => void;

  constructor(
    store: RoomStore,
    node: string,
    isHere: (connection: string) => boolean,
    forgotten: (roomId: string) => void,
  ) {
    this.#store = store;
    this.#node = node;
    this.#isHere = isHere;
    this.#forgotten = forgotten;
  }

  /** Those of its members who are here. */
  membersHere(roomId: string): readonly Member[] {
    const members = this.#rooms.get(roomId)?.members ?? [];
    return members.filter(({ presence }) => presence.node === this.#node);
  }

  /** Members here have been told of everything up to the room as it is known. */
  tell(roomId: string): void {
    const room = this.#rooms.get(roomId);
    if (room && this.#store.leases) this.#told.set(roomId, room);
  }

  /** What other nodes have done since to this room, and members here may not have been told yet. */
  missed(room: Room): ReturnType<typeof missedChanges> {
    const told = this.#told.get(room.id);
    return told ? missedChanges(told, room) : [];
  }

  get(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  ids(): string[] {
    return [...this.#rooms.keys()];
  }

  /** A room as it was when it was read. */
  learn(room: Room): void {
    if (this.#hasMembersHere(room) || !this.#isInUse(room.id)) this.write(room);
  }

  /** A room as this node has written it. */
  write(room: Room): void {
    const { id, revision } = room;
    if (!this.#hasMembersHere(room)) this.forget(id);
    else if (revision >= (this.#rooms.get(id)?.revision ?? 0)) this.#rooms.set(id, room);
  }

  #hasMembersHere({ members }: Room): boolean {
    return members.some(({ presence }) => presence.node === this.#node);
  }

  /** Whether somebody who is here is a member as far as this node knows: others may have given up on it. */
  #isInUse(roomId: string): boolean {
    return this.membersHere(roomId).some(
      ({ presence }) => presence.state === "connected" && this.#isHere(presence.connection),
    );
  }

  forget(roomId: string): void {
    this.#told.delete(roomId);
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
