import type { Room } from "./room-state.js";
import type { RoomStore } from "./room-store.js";

/** The rooms of one process, gone when it ends. */
export class MemoryStore implements RoomStore {
  readonly #rooms = new Map<string, Room>();

  async load(roomId: string): Promise<Room | undefined> {
    return this.#rooms.get(roomId);
  }

  async commit(roomId: string, expectedRevision: number, next: Room | undefined): Promise<boolean> {
    const revision = this.#rooms.get(roomId)?.revision ?? 0;
    if (revision !== expectedRevision) return false;
    if (next) this.#rooms.set(roomId, next);
    else this.#rooms.delete(roomId);
    return true;
  }

  async count(): Promise<number> {
    return this.#rooms.size;
  }

  async list(): Promise<Room[]> {
    return [...this.#rooms.values()];
  }
}
