import type { Browser } from "../browser/browser.js";
import { explain } from "../media/media-errors.js";
import { type Finding, failed, ok, skipped } from "./report.js";

type Kind = "audio" | "video";

const stop = (stream: MediaStream) => {
  for (const track of stream.getTracks()) track.stop();
};

/** Asks for one device and lets go of it at once, also if it comes too late. */
export async function checkDevice(
  kind: Kind,
  constraint: boolean | MediaTrackConstraints | undefined,
  { browser, timeoutMs }: { browser: Browser; timeoutMs: number },
): Promise<Finding> {
  const device = kind === "audio" ? "microphone" : "camera";
  if (!constraint) return skipped(`The ${device} was not asked for.`);
  const getUserMedia = browser.getUserMedia();
  if (!getUserMedia) return explained("insecure page");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<Finding>((resolve) => {
    const message = `The browser's question for the ${device} was not answered within ${timeoutMs / 1000} s.`;
    timer = setTimeout(() => resolve(failed("timeout", message)), timeoutMs);
  });
  const answer = getUserMedia({ [kind]: constraint }).then((stream) => {
    stop(stream);
    return ok(`The ${device} works.`);
  }, explained);
  const finding = await Promise.race([answer, timeout]);
  clearTimeout(timer);
  return finding;

  function explained(error: unknown): Finding {
    const { code, message } = explain(error, device);
    return failed(code, message);
  }
}
