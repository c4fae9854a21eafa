import type { RoomSnapshot } from "./rooms/room-snapshot.js";
import type { RoomStore } from "./rooms/room-store.js";
import { allOf } from "./rooms/rooms-view.js";
import type { ServerNamespace } from "./socket-io.js";

/** The servers of this process: the namespace of each, and where it keeps its rooms. */
type RunningServers = Map<ServerNamespace, RoomStore>;

const KEY = Symbol.for("cignal-server: running servers");

/** Kept by the process: this package may be loaded more than once, as ESM, as CommonJS or bundled. */
function runningServers(): RunningServers {
  const holder = globalThis as { [KEY]?: RunningServers };
  holder[KEY] ??= new Map();
  return holder[KEY];
}

/**
 * @throws TypeError if a server runs in this namespace already
 */
export function register(namespace: ServerNamespace, store: RoomStore): void {
  if (runningServers().has(namespace)) {
    throw new TypeError(
      `a Cignal server runs in the namespace "${namespace.name}" of this Socket.IO server already; ` +
        'close it first, or give this one another "namespace"',
    );
  }
  runningServers().set(namespace, store);
}

export function unregister(namespace: ServerNamespace): void {
  runningServers().delete(namespace);
}

/** Servers may share a store, whose rooms then count once. */
function stores(): RoomStore[] {
  return [...new Set(runningServers().values())];
}

/** How many rooms the Cignal servers of this process have, those that are closed not included. */
export async function totalRoomsRunning(): Promise<number> {
  const counts = await Promise.all(stores().map((store) => store.count()));
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * Snapshots of all rooms of the Cignal servers of this process, those that are closed not included. Where many nodes
 * share a store, those of all nodes; `rooms.page` of a server gives them in pages.
 */
export async function allRooms(): Promise<RoomSnapshot[]> {
  const rooms = await Promise.all(stores().map(allOf));
  return rooms.flat();
}
