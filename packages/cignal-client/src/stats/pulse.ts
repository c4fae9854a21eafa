/** What has passed over a connection so far, in RTP packets. Counters of senders and receivers that are gone drop out. */
export interface Pulse {
  packetsReceived: number;
  packetsSent: number;
}

/** Reads the counters of W3C webrtc-stats, sections 8.3 and 8.7. */
export async function takePulse(pc: RTCPeerConnection): Promise<Pulse> {
  const pulse = { packetsReceived: 0, packetsSent: 0 };
  for (const stats of (await pc.getStats()).values()) {
    if (stats.type === "inbound-rtp") pulse.packetsReceived += stats.packetsReceived ?? 0;
    if (stats.type === "outbound-rtp") pulse.packetsSent += stats.packetsSent ?? 0;
  }
  return pulse;
}
