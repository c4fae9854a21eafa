const FIRST_MS = 100;
const LONGEST_MS = 3_000;
const SPREAD = 0.3;

/**
 * How long to wait before an attempt, in milliseconds: 0.1 s, doubling up to 3 s, each ± 30 % so that the clients of a
 * restarted server do not come back in one instant. Socket.IO's own defaults take 1 to 5 s ± 50 %.
 *
 * @param failed - how many attempts have failed since the socket was lost
 * @param random - from 0 to 1
 */
export function reconnectDelay(failed: number, random: number): number {
  const delay = Math.min(FIRST_MS * 2 ** failed, LONGEST_MS);
  return delay * (1 + SPREAD * (2 * random - 1));
}
