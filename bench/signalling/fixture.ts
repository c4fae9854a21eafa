import chromium from "./fixtures/chromium-156.json" with { type: "json" };

export type Candidate = (typeof chromium.offerer)[number];

/** What one side of a call tells the other. */
export interface Part {
  type: "offer" | "answer";
  sdp: string;
  candidates: Candidate[];
}

/**
 * A call with audio, video and a data channel as Chromium 156 made it: two host addresses, UDP and TCP, for three media
 * sections that the answer bundles, and what a STUN server adds to that. Addresses are for documentation.
 */
export const OFFERER: Part = {
  type: "offer",
  sdp: chromium.offer,
  candidates: chromium.offerer,
};

export const ANSWERER: Part = {
  type: "answer",
  sdp: chromium.answer,
  candidates: chromium.answerer,
};
