import type { CallSnapshot, Outcome } from "cignal-client";
import { find, onClick } from "./dom.js";

export interface ControlsOptions {
  onCall: () => Promise<Outcome>;
  onHangUp: () => Promise<Outcome>;
}

export function createControls(root: HTMLElement, { onCall, onHangUp }: ControlsOptions) {
  const call = find(root, ".go", HTMLButtonElement);
  const hangUp = find(root, ".stop", HTMLButtonElement);
  onClick(call, onCall);
  onClick(hangUp, onHangUp);

  return {
    render({ peers, inCall }: CallSnapshot): void {
      call.disabled = peers.length === 0;
      call.hidden = inCall;
    },
  };
}
