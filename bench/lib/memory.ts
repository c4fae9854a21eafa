import { setTimeout } from "node:timers/promises";

/** Bytes that this process uses, after what is no longer used was collected; it needs --expose-gc. */
export async function memory() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await setTimeout(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
