import { setTimeout } from "node:timers/promises";

/** `promise`, unless it takes longer than `seconds`. */
export async function within<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  const inTime = new AbortController();
  const late = setTimeout(seconds * 1000, undefined, { signal: inTime.signal }).then(() => {
    throw new Error(`${what} took over ${seconds} s`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    inTime.abort();
    late.catch(() => undefined);
  }
}
