import { setTimeout } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";

const LOOK_MS = 200;

/** At one look of so many what nobody needs is collected first. */
const COLLECT_AT = 10;

/** The most that a page's own code had in memory while it was watched, in bytes: objects and what they keep outside of it. */
export interface Heap {
  /** After garbage collection. */
  held: number;
  /** With what the browser had not collected yet; it waits for some 64 MiB of buffers. */
  withGarbage: number;
}

export interface HeapWatch {
  end(): Promise<Heap>;
}

async function usage(session: CDPSession): Promise<number> {
  const used = (await session.send("Runtime.getHeapUsage")) as Record<string, number>;
  return (used["usedSize"] ?? 0) + (used["backingStorageSize"] ?? 0);
}

export async function watchHeap(page: Page): Promise<HeapWatch> {
  const session = await page.context().newCDPSession(page);
  const ended = new AbortController();
  const most = { held: 0, withGarbage: 0 };

  const look = async (what: keyof Heap) => {
    if (what === "held") await session.send("HeapProfiler.collectGarbage");
    most[what] = Math.max(most[what], await usage(session));
  };
  const watch = async () => {
    for (let index = 1; !ended.signal.aborted; index++) {
      await look("withGarbage");
      if (index % COLLECT_AT === 0) await look("held");
      await setTimeout(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    async end() {
      ended.abort();
      await watching;
      await look("held");
      await session.detach();
      return most;
    },
  };
}
