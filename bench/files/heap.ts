import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";

const LOOK_MS = 200;

/** The most that a page's own code held while it was watched, in bytes: garbage that was not yet collected is in it. */
export interface HeapWatch {
  end(): Promise<number>;
}

/** Looks at the objects of a page and what they keep outside of the heap. */
export async function watchHeap(page: Page): Promise<HeapWatch> {
  const session = await page.context().newCDPSession(page);
  const ended = new AbortController();
  let most = 0;
  const look = async () => {
    const usage = (await session.send("Runtime.getHeapUsage")) as Record<string, number>;
    most = Math.max(most, (usage["usedSize"] ?? 0) + (usage["backingStorageSize"] ?? 0));
  };
  const watch = async () => {
    while (!ended.signal.aborted) {
      await look();
      await setTimeout(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    async end() {
      ended.abort();
      await watching;
      await session.detach();
      return most;
    },
  };
}
