/** What is measured: how a server is set up, and how many of its kind share the load. */
export const CONTENDERS = {
  "socket-io": { title: "bare Socket.IO room", nodes: 1, needsRedis: false, beats: false },
  peerjs: { title: "peerjs-server 1.0.2", nodes: 1, needsRedis: false, beats: false },
  cignal: { title: "Cignal, as it comes", nodes: 1, needsRedis: false, beats: true },
  "cignal-all": { title: "Cignal, everything on", nodes: 1, needsRedis: false, beats: true },
  "redis-1": { title: "the same, in Redis", nodes: 1, needsRedis: true, beats: true },
  "redis-2": { title: "the same, two nodes", nodes: 2, needsRedis: true, beats: true },
} as const;

export type ContenderName = keyof typeof CONTENDERS;

/** What those who let people in and those who enter share. */
export const SECRET = "only for this benchmark, and for nothing else";
