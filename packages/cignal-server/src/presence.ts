import { isDeepStrictEqual } from "node:util";
import type { PlaceMessages } from "@cignal/protocol";
import type { Options } from "./options.js";
import type { Outlet } from "./outlet.js";
import { infoOf, type Room, visible } from "./rooms/room-state.js";

type Presence = PlaceMessages["presence"];

/** Watchers of one room hear no more often, in milliseconds. */
const INTERVAL_MS = 250;

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

/** Tells watchers of changes, the first at once, of several in a short time the last. */
export class PresenceBoard {
  readonly #terms: Terms;
  readonly #outlet: Outlet;
  /** For each room of which they were told just now: of what they were not told yet. */
  readonly #recent = new Map<string, Presence | undefined>();

  constructor(terms: Terms, outlet: Outlet) {
    this.#terms = terms;
    this.#outlet = outlet;
  }

  changed(roomId: string, before: Room | undefined, after: Room | undefined): void {
    if (this.#terms.presence === false) return;
    // A room that is no more has its last change, which must count as newer than those before.
    const revision = after?.revision ?? (before?.revision ?? 0) + 1;
    const now = { ...presenceOf(after, this.#terms), revision };
    if (isDeepStrictEqual({ ...presenceOf(before, this.#terms), revision }, now)) return;
    if (this.#recent.has(roomId)) this.#recent.set(roomId, now);
    else this.#tell(roomId, now);
  }

  #tell(roomId: string, presence: Presence): void {
    this.#recent.set(roomId, undefined);
    this.#outlet.tellWatchers(roomId, presence);
    setTimeout(() => {
      const latest = this.#recent.get(roomId);
      this.#recent.delete(roomId);
      if (latest) this.#tell(roomId, latest);
    }, INTERVAL_MS).unref();
  }
}
