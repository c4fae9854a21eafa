import type { RecorderMaker } from "../../browser/recording.js";
import { CignalError } from "../../errors.js";

/** For each container what plays in most places first; the last is what the browser makes of it. */
const TYPES = {
  mp4: [
    "video/mp4;codecs=avc1.640028,mp4a.40.2",
    "video/mp4;codecs=avc1.640028,opus",
    "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
    "video/mp4;codecs=vp9,opus",
    "video/mp4",
  ],
  // VP8 before VP9: a call is encoding already.
  webm: ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/webm"],
} as const;

/** The best that this browser can record. */
export function mimeType(
  recorder: RecorderMaker | undefined,
  type: "mp4" | "webm" | undefined,
): string {
  const wanted = type ? TYPES[type] : [...TYPES.mp4, ...TYPES.webm];
  const found = recorder && wanted.find((each) => recorder.supports(each));
  if (found) return found;
  throw new CignalError("not-supported", `This browser cannot record ${type ?? "anything"}.`);
}
