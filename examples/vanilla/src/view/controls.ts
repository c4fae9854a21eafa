import type { CallSnapshot, Outcome } from "cignal-client";
import { cameraWords, microphoneWords } from "../words.js";
import { find, onClick } from "./dom.js";

export interface ControlsOptions {
  onMicrophone: () => Promise<unknown>;
  onCamera: () => Promise<unknown>;
  onCall: () => Promise<Outcome>;
  onCancel: () => void;
  onHangUp: () => Promise<Outcome>;
}

export function createControls(root: HTMLElement, options: ControlsOptions) {
  const microphone = find(root, ".microphone", HTMLButtonElement);
  const camera = find(root, ".camera", HTMLButtonElement);
  const call = find(root, ".go", HTMLButtonElement);
  const cancel = find(root, ".cancel", HTMLButtonElement);
  const hangUp = find(root, ".stop", HTMLButtonElement);
  onClick(microphone, options.onMicrophone);
  onClick(camera, options.onCamera);
  onClick(call, options.onCall);
  cancel.addEventListener("click", options.onCancel);
  onClick(hangUp, options.onHangUp);

  return {
    /** Where the focus goes when what had it is gone, the best first. */
    next: [cancel, call, microphone],
    render({ peers, inCall, ...own }: CallSnapshot): void {
      show(microphone, own.microphone === "live", microphoneWords[own.microphone]);
      show(camera, own.camera === "live", cameraWords[own.camera]);
      const ringing = peers.some((peer) => peer.call === "ringing");
      call.disabled = peers.length === 0;
      call.hidden = inCall || ringing;
      cancel.hidden = !ringing;
    },
  };
}

/** What a click would do is the name of the button. */
function show(button: HTMLButtonElement, isOn: boolean, words: string): void {
  button.classList.toggle("on", isOn);
  if (button.ariaLabel === words) return;
  button.ariaLabel = words;
  button.title = words;
}
