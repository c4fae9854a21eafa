import type { CignalServer } from "../cignal-server.js";

/** Drains a server. Resolves when its last room is closed, or so many milliseconds have passed. */
export async function drain(cignal: CignalServer, ms: number): Promise<void> {
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
