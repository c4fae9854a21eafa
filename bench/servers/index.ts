/** How each server is started. Loaded one by one, so that none of them pays for another. */
export const SERVERS = {
  ws: () => import("./ws.js"),
  "socket-io": () => import("./socket-io.js"),
  peerjs: () => import("./peerjs.js"),
  cignal: () => import("./cignal.js"),
} satisfies Record<string, () => Promise<{ start: () => Promise<number> }>>;

export type ServerName = keyof typeof SERVERS;
