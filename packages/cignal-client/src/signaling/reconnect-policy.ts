import type { ManagerOptions } from "socket.io-client";

/**
 * Back after 0.1 s, doubling up to 3 s, each ± 30 % so that the clients of a restarted server do not come back in one
 * instant. Socket.IO's own defaults take 1 to 5 s ± 50 %.
 */
export const reconnectPolicy = {
  reconnection: true,
  reconnectionDelay: 100,
  reconnectionDelayMax: 3_000,
  randomizationFactor: 0.3,
} satisfies Partial<ManagerOptions>;
