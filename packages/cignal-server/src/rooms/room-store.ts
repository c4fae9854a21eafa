import type { Room } from "./room-state.js";

/** Which rooms to give: some of them, in the order of the store. */
export interface PageQuery {
  /** The `next` of the page before. Absent: from the first room on. */
  readonly after?: string | undefined;
  /** How many rooms at most: 1 or more. */
  readonly limit: number;
}

/** Some rooms, and where to go on. */
export interface Page<Of> {
  readonly rooms: readonly Of[];
  /** What `after` is for the next page: of no meaning to anybody but the store. Absent on the last one. */
  readonly next?: string;
}

/** Whether a commit was made; if not, the room as somebody else has left it. */
export type CommitResult =
  | { readonly done: true }
  | { readonly done: false; readonly room: Room | undefined };

/** What a node is told when it renews its lease. */
export interface Lease {
  /** Whether the node still had it. If not, others may have given up on its members. */
  readonly held: boolean;
  /** Another one than before: the store has lost everything. */
  readonly generation: string;
  /** Nodes whose leases have run out, and whose members nobody has taken over yet. */
  readonly lapsed: readonly string[];
}

/** Who of the nodes that share a store is alive. */
export interface Leases {
  /** How long a node that says nothing counts as alive, in milliseconds. */
  readonly ttlMs: number;
  /** Says that a node is alive, from now on for `ttlMs`. */
  renew(node: string): Promise<Lease>;
  /** Lets the lease of a node run out at once. */
  release(node: string): Promise<void>;
  /** Nothing is left of a node whose lease has run out. */
  forget(node: string): Promise<void>;
}

/**
 * Where rooms are kept. The rules are not its business; it keeps what it is given, as it is given, and decides which
 * of two writers was first. `test/room-store.contract.ts` is the suite for it.
 *
 * A method that rejects makes the operation at hand fail with `unavailable`; nothing else is harmed.
 */
export interface RoomStore {
  /** Only of a store that many nodes share. */
  readonly leases?: Leases;
  /** The room as it was committed last, or `undefined` if there is none. */
  load(roomId: string): Promise<Room | undefined>;
  /**
   * Puts `next` in the place of the room, or deletes it if `next` is `undefined`, provided that the room still is at
   * `expectedRevision`; 0 means that there is no room.
   *
   * @returns whether it did. If not, somebody else was faster: decide again, on the room that is there now.
   */
  commit(roomId: string, expectedRevision: number, next: Room | undefined): Promise<CommitResult>;
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
  /**
   * Some of the rooms. Their order is the store's own and never changes: rooms that come and go between two pages move
   * no other one from page to page.
   *
   * @throws RangeError if `after` is no cursor of this store's
   */
  page(query: PageQuery): Promise<Page<Room>>;
}
