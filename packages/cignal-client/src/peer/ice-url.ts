/** How a URL of an ICE server reaches it. */
export type ServerLeg = "stun" | "turn-udp" | "turn-tcp" | "turn-tls";

/** As RFC 7064 and RFC 7065 have it: `turns:` is TLS, and UDP is what `turn:` means without a transport. */
export function legOf(url: string): ServerLeg {
  if (/^stuns?:/i.test(url)) return "stun";
  if (/^turns:/i.test(url)) return "turn-tls";
  return /[?&]transport=tcp/i.test(url) ? "turn-tcp" : "turn-udp";
}

/** All URLs of a list. */
export const urlsOf = (iceServers: readonly RTCIceServer[]): string[] =>
  iceServers.flatMap(({ urls }) => urls);

/** Fit for a message: should somebody have put a user name or password into it, they are left out. */
export const shown = (url: string): string => url.replace(/^(\w+:).*@/, "$1");

/** The server's answers that say: not with these credentials (RFC 8489, RFC 8656). */
export const isRefusal = (code: number): boolean => [401, 403, 437, 438, 441].includes(code);

/** Code of an `icecandidateerror` without an answer (W3C webrtc, RTCPeerConnectionIceErrorEvent): unreachable, or not there. */
export const NO_ANSWER = 701;
