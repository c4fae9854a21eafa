import type { SentQuality } from "../media/quality-options.js";
import { changeParameters } from "./sender-parameters.js";

export type SentKind = "audio" | "video" | "screen";

/** How one kind is to be sent. `undefined` is the browser's default. */
export interface Wish extends Omit<NonNullable<SentQuality["video"]>, "codecs"> {
  /** Its share of what the network takes: `high` is worth four, `medium` two, `low` one (W3C webrtc-priority, section 3). */
  priority: RTCPriorityType;
}

/**
 * What the app wants, and a division of the network while a screen is shared: sound first, then the screen, which is what
 * everybody looks at, with twice the camera's share.
 */
export function wishFor(kind: SentKind, quality: SentQuality, isSharing: boolean): Wish {
  const { codecs: _, ...wanted }: SentQuality["video"] & object = quality[kind] ?? {};
  const shares = { audio: "high", screen: "medium", video: "low" } as const;
  return { ...wanted, priority: isSharing ? shares[kind] : "low" };
}

/** The codecs that there are, those of these names first, in the order of the names; the others still serve those who lack them. */
export function inOrder<Codec extends Pick<RTCRtpCodec, "mimeType">>(
  codecs: readonly Codec[],
  names: readonly string[],
): Codec[] {
  const wanted = names.map((name) => name.toLowerCase());
  const rank = ({ mimeType }: Codec) => {
    const at = wanted.indexOf(mimeType.toLowerCase().replace(/^\w+\//, ""));
    return at === -1 ? wanted.length : at;
  };
  return [...codecs].sort((one, other) => rank(one) - rank(other));
}

/** A dictionary's member that is `undefined` is absent. */
const BROWSERS_OWN = {
  active: true,
  maxBitrate: undefined,
  maxFramerate: undefined,
  scaleResolutionDownBy: undefined,
};

/** Sends as it is wished from now on, without a negotiation. */
export function tune(sender: RTCRtpSender, { degradationPreference, ...wish }: Wish): void {
  void changeParameters(sender, (parameters) => {
    const [encoding] = parameters.encodings;
    if (!encoding) return false;
    Object.assign(encoding, BROWSERS_OWN, wish);
    Object.assign(parameters, { degradationPreference });
    return undefined;
  });
}
