import * as v from "valibot";
import { matches } from "./fields.js";
import { LIMITS } from "./limits.js";

const iceText = v.pipe(v.string(), v.maxLength(LIMITS.iceText));

/** RFC 7064, RFC 7065. */
const iceUrl = v.pipe(
  iceText,
  matches(
    /^(stuns?|turns?):[^\s?]+(\?transport=(udp|tcp))?$/,
    'expected a URL such as "stun:host:port" or "turn:host:port?transport=udp"',
  ),
);

const iceUrls = v.pipe(
  v.array(iceUrl),
  v.check((urls) => urls.length > 0, "expected at least one URL"),
  v.maxLength(LIMITS.iceUrls),
);

const isTurn = (url: string) => url.startsWith("turn");

/** One `RTCIceServer` (C1). */
export const iceServer = v.pipe(
  v.object({
    urls: v.lazy<typeof iceUrl | typeof iceUrls>((urls) =>
      Array.isArray(urls) ? iceUrls : iceUrl,
    ),
    username: v.optional(iceText),
    credential: v.optional(iceText),
  }),
  v.check(
    ({ urls, username, credential }) =>
      ![urls].flat().some(isTurn) || (username !== undefined && credential !== undefined),
    "a TURN server needs username and credential",
  ),
);

export const iceServers = v.pipe(v.array(iceServer), v.maxLength(LIMITS.iceServers));

export type IceServer = v.InferOutput<typeof iceServer>;
