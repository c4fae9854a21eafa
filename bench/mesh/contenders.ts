/** What is compared, by the name of its file in `contenders/`; the first is what the others are measured against. */
export const CONTENDERS = {
  raw: { title: "raw RTCPeerConnection + ws", server: "ws" },
  cignal: { title: "Cignal", server: "cignal" },
} as const;

export type ContenderName = keyof typeof CONTENDERS;

export const NAMES = Object.keys(CONTENDERS) as ContenderName[];
