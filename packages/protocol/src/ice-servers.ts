import * as v from "valibot";
import { LIMITS } from "./limits.js";

const iceText = v.pipe(v.string(), v.maxLength(LIMITS.iceText));

const stun = /^stuns?:/;

/** Scheme, host and port as RFC 7064 and RFC 7065 have them; only a TURN URL has a transport. */
const url =
  /^(?:stuns?|turns?):(?:\[[\da-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/;

/**
 * As strict as a browser: RTCPeerConnection throws on a URL that it cannot read, and here one member's list is used by
 * all of a room.
 */
function isIceUrl(text: string): boolean {
  const match = url.exec(text);
  if (!match) return false;
  const [, port = "1", transport] = match;
  return Number(port) >= 1 && Number(port) <= 65_535 && !(transport && stun.test(text));
}

const iceUrl = v.pipe(
  iceText,
  v.check(isIceUrl, 'expected a URL such as "stun:host:port" or "turn:host:port?transport=udp"'),
);

const iceUrls = v.pipe(
  v.array(iceUrl),
  v.check((urls) => urls.length > 0, "expected at least one URL"),
  v.maxLength(LIMITS.iceUrls),
);

const isTurn = (text: string) => !stun.test(text);

/** One `RTCIceServer` (C1). */
const iceServer = v.pipe(
  v.object({
    urls: v.lazy<typeof iceUrl | typeof iceUrls>((urls) =>
      Array.isArray(urls) ? iceUrls : iceUrl,
    ),
    username: v.optional(iceText),
    credential: v.optional(iceText),
  }),
  v.check(
    ({ urls, username, credential }) =>
      ![urls].flat().some(isTurn) || Boolean(username && credential),
    "a TURN server needs username and credential",
  ),
);

export const iceServers = v.pipe(v.array(iceServer), v.maxLength(LIMITS.iceServers));

export type IceServer = v.InferOutput<typeof iceServer>;
