import type { Cignal } from "cignal-client";
import { openChannel } from "cignal-client/channels";
import { button, notify } from "./dom.js";

/** A channel of this page's own: who claps is seen by everybody, at once or not at all. */
export function showApplause(cignal: Cignal): void {
  const applause = openChannel(cignal, "applause", { reliable: false });
  button("clap").onclick = async () => {
    await applause.send({});
    notify("You clap.");
  };
  applause.on("message", (_, { peer }) => notify(`${peer.name} claps.`));
}
