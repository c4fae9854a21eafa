import type { Command } from "./command.js";
import type { Leases, RoomStore } from "./room-store.js";

/** Where commands go. */
interface Queue {
  submit(roomId: string, command: Command): Promise<unknown>;
}

interface Cluster {
  readonly store: RoomStore;
  readonly leases: Leases;
  /** The one that takes over. */
  readonly node: string;
}

const ROOMS_AT_ONCE = 100;

/**
 * Takes over the members of a node whose lease has run out, unless another one does. Whoever does not come back in time
 * is then gone.
 */
export async function takeOverNode(
  from: string,
  rooms: Queue,
  { store, leases, node }: Cluster,
): Promise<void> {
  const claim = () => store.claim(`node:${from}`, node, leases.ttlMs * 3);
  let after: string | undefined;
  do {
    if (!(await claim())) return;
    const page = await store.page({ after, limit: ROOMS_AT_ONCE });
    const left = page.rooms.filter(
      ({ members, waiting = [] }) =>
        members.some(({ presence }) => presence.node === from) ||
        waiting.some(({ node }) => node === from),
    );
    await Promise.all(left.map(({ id }) => rooms.submit(id, { type: "take-over", from })));
    after = page.next;
  } while (after !== undefined);
  await leases.forget(from);
}
