import type { CallSnapshot } from "cignal-client";
import { signalingWords } from "../words.js";

/** Whether the server can be reached. */
export function createStatus(element: HTMLElement) {
  return {
    render({ signaling }: CallSnapshot): void {
      element.hidden = signaling === "closed";
      element.dataset["state"] = signaling;
      element.textContent = signalingWords[signaling];
    },
  };
}
