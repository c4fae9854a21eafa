import type { ServerName } from "../servers/index.js";

/** What is compared, by the name of its file in `contenders/`; the first is what the others are measured against. */
export const CONTENDERS = {
  raw: { title: "raw RTCPeerConnection + ws", server: "ws" },
  "cignal-warm": { title: "Cignal, warm", server: "cignal" },
  "cignal-cold": { title: "Cignal, cold", server: "cignal" },
  peerjs: { title: "PeerJS 1.5.5", server: "peerjs" },
  "simple-peer": { title: "simple-peer 9.11.1 + ws", server: "ws" },
} as const satisfies Record<string, { title: string; server: ServerName }>;

export type ContenderName = keyof typeof CONTENDERS;
