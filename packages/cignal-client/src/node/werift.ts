import type * as WeriftModule from "werift";

export type Werift = typeof WeriftModule;

/** The version that this was made for and tested with: others may be other inside. */
const VERSION = "0.24";

/** Loads the WebRTC of Node. Rejects with a `TypeError` that says what to install, if it is not there. */
export async function loadWerift(): Promise<Werift> {
  try {
    return await import("werift");
  } catch (cause) {
    const missing = `cignal-client/node needs WebRTC for Node: npm install werift@${VERSION}`;
    throw new TypeError(missing, { cause });
  }
}
