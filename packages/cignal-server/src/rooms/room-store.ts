import type { Room } from "./room-state.js";

/**
 * Where rooms are kept. The rules are not its business; it keeps what it is given, as it is given, and decides which
 * of two writers was first. `test/room-store.contract.ts` is the suite for it.
 *
 * A method that rejects makes the operation at hand fail with `internal`; nothing else is harmed.
 */
export interface RoomStore {
  /** The room as it was committed last, or `undefined` if there is none. */
  load(roomId: string): Promise<Room | undefined>;
  /**
   * Puts `next` in the place of the room, or deletes it if `next` is `undefined`, provided that the room still is at
   * `expectedRevision`; 0 means that there is no room.
   *
   * @returns whether it did. If not, somebody else was faster: load and decide again.
   */
  commit(roomId: string, expectedRevision: number, next: Room | undefined): Promise<boolean>;
  /**
   * Lets one node do what only one may do at a time. Who holds a name may claim it again, to hold it for longer.
   *
   * @param holder - who claims it
   * @param ttlMs - for how long, in milliseconds from now
   * @returns whether `holder` has it now
   */
  claim(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** How many rooms there are. */
  count(): Promise<number>;
  /** All rooms, in no particular order. */
  list(): Promise<Room[]>;
}
