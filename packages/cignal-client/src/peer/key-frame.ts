import { changeParameters } from "./sender-parameters.js";

/** W3C webrtc-extensions, section 8.1; not in TypeScript's DOM yet. */
interface KeyFrameOptions extends RTCSetParameterOptions {
  encodingOptions: { keyFrame: boolean }[];
}

/**
 * Sends the next pictures whole, for a receiver who has missed what they would build on. Left to itself, Chromium's asks
 * for that in up to 3 s. A browser that does not know how goes on as before.
 */
export async function sendKeyFrames(pc: RTCPeerConnection): Promise<void> {
  const senders = pc.getSenders().filter(({ track }) => track?.kind === "video");
  const wholePictures = ({ encodings }: RTCRtpSendParameters): KeyFrameOptions => ({
    encodingOptions: encodings.map(() => ({ keyFrame: true })),
  });
  await Promise.all(senders.map((sender) => changeParameters(sender, wholePictures)));
}
