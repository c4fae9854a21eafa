import { Cignal } from "../cignal.js";
import type { CignalOptions } from "../options.js";
import { openSocket } from "../signaling/socket.js";
import { nodeBrowser } from "./node-browser.js";
import { loadWerift, type Werift } from "./werift.js";

export { CignalError } from "../errors.js";
export { onTrack } from "./node-media-stream.js";
export { type RtpCodec, RtpTrack } from "./rtp-track.js";

/** What `createRoom` takes in Node. */
export interface NodeOptions extends CignalOptions {
  /** Where the server runs: there is no page whose address would be the default. */
  url: string;
}

/**
 * `Cignal.createRoom` for Node, without a browser: the same class, options and events. It only receives until you send a
 * track of your own (`RtpTrack`) with `microphone.use` or `camera.use`. Needs the package werift beside cignal-client.
 *
 * Rejects with a `TypeError` if an option is wrong or werift is not installed, and with a `CignalError` if the room cannot
 * be entered.
 *
 * @param options.werift - the module, if you have loaded it: `import * as werift from "werift"`
 */
export async function createRoom(
  options: NodeOptions,
  { werift }: { werift?: Werift } = {},
): Promise<Cignal> {
  const browser = nodeBrowser(werift ?? (await loadWerift()));
  const mediaConstraints = { audio: false, video: false };
  return Cignal.createRoom({ mediaConstraints, ...options }, { browser, openSocket });
}
