import { type RoomSnapshot, takeSnapshot } from "./room-snapshot.js";
import type { Page, PageQuery, RoomStore } from "./room-store.js";

/** Some rooms, as snapshots. */
export type RoomsPage = Page<RoomSnapshot>;

/** Which rooms to give. */
export interface RoomsQuery {
  /** The `next` of the page before. Default: from the first room on. */
  readonly after?: string | undefined;
  /** How many rooms at most: 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
}

const LIMIT = 100;
const LIMIT_AT_MOST = 1_000;

/**
 * @throws RangeError if `limit` is none, or `after` no `next` of this store's
 */
export async function pageOf(
  store: RoomStore,
  { after, limit = LIMIT }: RoomsQuery = {},
): Promise<RoomsPage> {
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_AT_MOST) {
    throw new RangeError(`limit: expected a whole number from 1 to ${LIMIT_AT_MOST}`);
  }
  const { rooms, next } = await store.page({ after, limit });
  return { rooms: rooms.map(takeSnapshot), ...(next !== undefined && { next }) };
}

/** All rooms of a store, one page after the other. */
export async function allOf(store: RoomStore): Promise<RoomSnapshot[]> {
  const all: RoomSnapshot[] = [];
  let query: PageQuery | undefined = { limit: LIMIT_AT_MOST };
  while (query) {
    const { rooms, next } = await pageOf(store, query);
    all.push(...rooms);
    query = next === undefined ? undefined : { after: next, limit: LIMIT_AT_MOST };
  }
  return all;
}
