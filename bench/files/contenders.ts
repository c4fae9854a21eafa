import type { ServerName } from "../servers/index.js";

/** What is compared, by the name of its file in `contenders/`; the first is what the others are measured against. */
export const CONTENDERS = {
  raw: { title: "raw RTCDataChannel", server: "ws" },
  "cignal-disk": { title: "Cignal, to the disk", server: "cignal" },
  "cignal-memory": { title: "Cignal, to memory", server: "cignal" },
  peerjs: { title: "PeerJS 1.5.5", server: "peerjs" },
  "simple-peer": { title: "simple-peer 9.11.1", server: "ws" },
} as const satisfies Record<string, { title: string; server: ServerName }>;

export type ContenderName = keyof typeof CONTENDERS;
