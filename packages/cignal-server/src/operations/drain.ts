import type { CignalServer } from "../cignal-server.js";
import type { RoomStore } from "../rooms/room-store.js";

/**
 * Drains a server. Resolves when its last room is closed, or so many milliseconds have passed; at once if it shares its
 * store, as its members then go on at another node.
 */
export async function drain(
  cignal: CignalServer,
  ms: number,
  { leases }: Pick<RoomStore, "leases">,
): Promise<void> {
  if (leases) return;
  cignal.drain();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, ms);
    const off = cignal.on("roomClosed", check);

    function end(): void {
      clearTimeout(timer);
      off();
      resolve();
    }

    async function check(): Promise<void> {
      if ((await cignal.rooms.count()) === 0) end();
    }

    // If the store does not answer, the time decides.
    check().catch(() => {});
  });
}
