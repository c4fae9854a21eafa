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
export function peerWords({ call, connection, reconnecting }: PeerSnapshot): string {
  if (call === "waiting") return "Ready";
  if (call === "calling") return "Calling…";
  if (reconnecting) return "Reconnecting…";
  return connectionWords[connection];
}

/** Why the picture stands still, and that somebody sees to it. */
export function troubleWords({ name, call, reconnecting }: PeerSnapshot): string {
  if (call !== "in-call" || !reconnecting) return "";
  return reconnecting === "page-hidden"
    ? `${name} closed or reloaded the page. Waiting for them to come back…`
    : `The connection to ${name} is interrupted. Reconnecting…`;
}
