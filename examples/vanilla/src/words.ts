import type { PeerSnapshot, SignalingState } from "cignal-client";

/** The way to the server. A call goes on without it. */
export const signalingWords: Record<SignalingState, string> = {
  connecting: "Connecting…",
  joining: "Connecting…",
  joined: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
};

const connectionWords: Record<RTCPeerConnectionState, string> = {
  new: "Connecting…",
  connecting: "Connecting…",
  connected: "In the call",
  disconnected: "Connection interrupted…",
  failed: "Connection lost",
  closed: "Connection lost",
};

/** Where the call with somebody stands. */
export function peerWords({ call, connection }: PeerSnapshot): string {
  if (call === "waiting") return "Ready";
  if (call === "calling") return "Calling…";
  return connectionWords[connection];
}
