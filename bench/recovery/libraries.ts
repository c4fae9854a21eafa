import type { ContenderName } from "../setup/contenders.js";

/** What is compared, each as the page of a contender in `setup`, and where its server listens. */
export const LIBRARIES = {
  cignal: { title: "Cignal", contender: "cignal-warm", port: 443 },
  peerjs: { title: "PeerJS 1.5.5", contender: "peerjs", port: 9000 },
  "simple-peer": { title: "simple-peer 9.11.1", contender: "simple-peer", port: 9001 },
} as const satisfies Record<string, { title: string; contender: ContenderName; port: number }>;

export type LibraryName = keyof typeof LIBRARIES;
export const LIBRARY_NAMES = Object.keys(LIBRARIES) as LibraryName[];
