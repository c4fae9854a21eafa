import type { Room } from "./room-state.js";
import type { CommitResult, Page, PageQuery, RoomStore } from "./room-store.js";

/** The rooms of one process, gone when it ends. */
export class MemoryStore implements RoomStore {
  readonly #rooms = new Map<string, Room>();
  readonly #claims = new Map<string, { readonly holder: string; readonly until: number }>();

  async load(roomId: string): Promise<Room | undefined> {
    return this.#rooms.get(roomId);
  }

  async commit(
    roomId: string,
    expectedRevision: number,
    next: Room | undefined,
  ): Promise<CommitResult> {
    const room = this.#rooms.get(roomId);
    if ((room?.revision ?? 0) !== expectedRevision) return { done: false, room };
    if (next) this.#rooms.set(roomId, next);
    else this.#rooms.delete(roomId);
    return { done: true };
  }

  async claim(name: string, holder: string, ttlMs: number): Promise<boolean> {
    const held = this.#claims.get(name);
    if (held && held.holder !== holder && Date.now() < held.until) return false;
    this.#claims.set(name, { holder, until: Date.now() + ttlMs });
    return true;
  }

  async count(): Promise<number> {
    return this.#rooms.size;
  }

  async page({ after, limit }: PageQuery): Promise<Page<Room>> {
    const ids = [...this.#rooms.keys()].filter((id) => after === undefined || id > after).sort();
    const rooms = ids.slice(0, limit).flatMap((id) => this.#rooms.get(id) ?? []);
    const last = rooms.at(-1);
    return { rooms, ...(last && ids.length > limit && { next: last.id }) };
  }
}
