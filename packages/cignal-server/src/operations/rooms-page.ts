import type { RoomSnapshot } from "../rooms/room-snapshot.js";

/** Some rooms, by their ids. */
export interface RoomsPage {
  readonly rooms: readonly RoomSnapshot[];
  /** What `after` is for the next page. Absent on the last one. */
  readonly next?: string;
}

const LIMIT = 100;
const LIMIT_AT_MOST = 1_000;

/**
 * Those of the rooms that a query asks for: `limit` of them, 1 to 1,000 and 100 by default, whose ids come behind
 * `after`. Rooms that come and go between two pages move no other one from page to page.
 *
 * @returns `undefined` if the query is wrong
 */
export function pageOfRooms(
  rooms: readonly RoomSnapshot[],
  query: URLSearchParams,
): RoomsPage | undefined {
  const limit = Number(query.get("limit") ?? LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_AT_MOST) return undefined;
  const after = query.get("after");
  const rest = after === null ? [...rooms] : rooms.filter(({ id }) => id > after);
  rest.sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { rooms: page, ...(last && rest.length > limit && { next: last.id }) };
}
