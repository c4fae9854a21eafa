import type {
  CallSnapshot,
  CancelReason,
  PeerSnapshot,
  SignalingState,
  SourceState,
} from "cignal-client";

/** What a click on the microphone does. */
export const microphoneWords: Record<SourceState, string> = {
  off: "Turn the microphone on",
  starting: "Starting the microphone…",
  live: "Mute the microphone",
  muted: "Unmute the microphone",
  interrupted: "Mute the microphone, which the system has taken for now",
  blocked: "Try the microphone again",
  ended: "Try the microphone again",
};

export const cameraWords: Record<SourceState, string> = {
  off: "Turn the camera on",
  starting: "Starting the camera…",
  live: "Turn the camera off",
  muted: "Turn the camera off",
  interrupted: "Turn the camera off, which the system has taken for now",
  blocked: "Try the camera again",
  ended: "Try the camera again",
};

const screenWords: Record<SourceState, string> = {
  off: "Share the screen",
  starting: "Choose what to share…",
  live: "Stop sharing the screen",
  muted: "Stop sharing the screen",
  interrupted: "Stop sharing the screen",
  blocked: "Share the screen",
  ended: "Share the screen",
};

/** What a click on the screen does, or why it does nothing. */
export function shareWords({ screen, peers }: CallSnapshot): string {
  const sharer = sharerOf(peers);
  return sharer ? `${sharer.name} is sharing the screen` : screenWords[screen];
}

/** Who of the others shares a screen: one at a time. */
export const sharerOf = (peers: readonly PeerSnapshot[]): PeerSnapshot | undefined =>
  peers.find(({ screen }) => screen !== "off");

/** Who shares a screen now. */
export function sharingWords({ screen, peers }: CallSnapshot): string {
  if (isShared(screen)) return "You are sharing your screen";
  const sharer = sharerOf(peers);
  if (!sharer) return "";
  return sharer.screen === "on"
    ? `${sharer.name} is sharing the screen`
    : `${sharer.name} has paused the shared screen`;
}

export const isShared = (screen: SourceState): boolean =>
  screen === "live" || screen === "muted" || screen === "interrupted";

/** The way to the server. A call goes on without it. */
export const signalingWords: Record<SignalingState, string> = {
  connecting: "Connecting…",
  joining: "Connecting…",
  waiting: "Waiting to be let in…",
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
export function peerWords({ call, connection, microphone, reconnecting }: PeerSnapshot): string {
  if (call === "waiting") return "Ready";
  if (call === "calling") return "Calling…";
  if (call === "ringing") return "Ringing…";
  if (call === "incoming") return "Calls you";
  if (reconnecting) return "Reconnecting…";
  if (connection === "connected" && microphone === "muted") return "Muted";
  return connectionWords[connection];
}

/** Why the picture stands still, and that somebody sees to it. */
export function troubleWords({ name, call, reconnecting }: PeerSnapshot): string {
  if (call !== "in-call" || !reconnecting) return "";
  return reconnecting === "page-hidden"
    ? `${name} closed or reloaded the page. Waiting for them to come back…`
    : `The connection to ${name} is interrupted. Reconnecting…`;
}

/** Why it has stopped ringing. */
export function missedWords(name: string, reason: CancelReason): string {
  if (reason === "no-answer") return `You missed a call from ${name}.`;
  return reason === "left" ? `${name} called, and left.` : `${name} called, and hung up.`;
}
