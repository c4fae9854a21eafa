import type { Kind } from "./fake-media.js";

export interface FakeSdp {
  /** Names the connection that made it, and after a colon the generation of its ICE credentials. */
  ufrag: string;
  kinds: Kind[];
  directions: RTCRtpTransceiverDirection[];
}

export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/** What one side described: what is in force, and what is still being negotiated (W3C webrtc, section 4.4.1.5). */
export class Descriptions {
  current: Description | null = null;
  pending: Description | null = null;

  get latest(): Description | null {
    return this.pending ?? this.current;
  }

  settle(): void {
    this.current = this.latest;
    this.pending = null;
  }
}

export const read = (description: Description | null): FakeSdp | undefined =>
  description ? JSON.parse(description.sdp) : undefined;
