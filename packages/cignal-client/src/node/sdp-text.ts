/** A description whose text can be sent. */
export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/** The media sections of a description, by their `a=mid`. */
export const midsOf = (description: Description | null): string[] =>
  Array.from((description?.sdp ?? "").matchAll(/^a=mid:(\S+)/gm), ([, mid = ""]) => mid);

/**
 * As werift can use it. Names that only mDNS knows are left out: whoever has one finds us by our addresses. So is the
 * generation: werift compares it with its own, which counts other things.
 */
export const forWerift = (sdp: string): string =>
  sdp
    .replace(/^(?:a=)?candidate:(?:\S+ ){4}\S+\.local .*(?:\r?\n|$)/gm, "")
    .replace(/^((?:a=)?candidate:.*?) generation \d+/gm, "$1");

/** Leaves out candidates that are addresses of this side. */
export const withRelaysAlone = (sdp: string): string =>
  sdp.replace(/^a=candidate:.*(?:\r?\n|$)/gm, (line) => (isRelayed(line) ? line : ""));

export const isRelayed = (candidate: string): boolean => / typ relay\b/.test(candidate);
