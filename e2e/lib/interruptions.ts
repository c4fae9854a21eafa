import type { Peer } from "./peer.js";

declare global {
  var interruptions: string[];
}

/** From now on the page notes whenever its connection leaves a state in which media run, or negotiates anew. */
export function watchForInterruptions({ page }: Peer): Promise<void> {
  return page.evaluate(() => {
    globalThis.interruptions = [];
    const [pc] = lab.connections;
    const note = (state: "connectionState" | "iceConnectionState" | "signalingState") => {
      pc?.addEventListener(`${state.toLowerCase()}change`, () => {
        // ICE goes on to "completed" when it looks for no better path any more.
        if (pc[state] !== "connected" && pc[state] !== "completed") interruptions.push(pc[state]);
      });
    };
    note("connectionState");
    note("iceConnectionState");
    note("signalingState");
  });
}

/** The states of that kind since the watch began. */
export function interruptionsOf({ page }: Peer): Promise<string[]> {
  return page.evaluate(() => interruptions);
}
