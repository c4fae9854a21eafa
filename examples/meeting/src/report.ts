import type { Cignal } from "cignal-client";
import type { QualityWatch } from "cignal-client/quality";
import { button, find } from "./dom.js";

/** After the meeting: how it went, in words. */
export function showReport(cignal: Cignal, quality: QualityWatch): void {
  quality.on("report", ({ verdict, peers }) => {
    find("verdict", HTMLElement).textContent = verdict.sentence;
    // With one other person, theirs is the whole story.
    const items = (peers.length > 1 ? peers : []).map(({ peer, verdict }) => {
      const item = document.createElement("li");
      item.textContent = `${peer.name}: ${verdict.sentence}`;
      return item;
    });
    find("verdicts", HTMLElement).replaceChildren(...items);
  });

  cignal.on("stateChanged", ({ signaling }) => {
    if (signaling !== "closed") return;
    sessionStorage.removeItem("name");
    find("meeting", HTMLElement).hidden = true;
    find("report", HTMLElement).hidden = false;
  });
  button("again").onclick = () => location.reload();
}
