import type { CallSnapshot, Outcome } from "cignal-client";
import { cameraWords, isShared, microphoneWords, sharerOf, shareWords } from "../words.js";
import { find, onClick } from "./dom.js";

export interface ControlsOptions {
  onMicrophone: () => Promise<unknown>;
  onCamera: () => Promise<unknown>;
  /** Shares the screen, or stops it; missing where the browser cannot. */
  onShare: (() => Promise<unknown>) | undefined;
  onCall: () => Promise<Outcome>;
  onCancel: () => void;
  onHangUp: () => Promise<Outcome>;
}

export function createControls(root: HTMLElement, { onShare, ...options }: ControlsOptions) {
  const microphone = find(root, ".microphone", HTMLButtonElement);
  const camera = find(root, ".camera", HTMLButtonElement);
  const share = find(root, ".share", HTMLButtonElement);
  const call = find(root, ".go", HTMLButtonElement);
  const cancel = find(root, ".cancel", HTMLButtonElement);
  const hangUp = find(root, ".stop", HTMLButtonElement);
  onClick(microphone, options.onMicrophone);
  onClick(camera, options.onCamera);
  if (onShare) onClick(share, onShare);
  onClick(call, options.onCall);
  cancel.addEventListener("click", options.onCancel);
  onClick(hangUp, options.onHangUp);
  ignoreMissedClicks(root);

  return {
    /** Where the focus goes when what had it is gone, the best first. */
    next: [cancel, call, microphone],
    render(state: CallSnapshot): void {
      const { peers, inCall } = state;
      show(microphone, state.microphone === "live", microphoneWords[state.microphone]);
      show(camera, state.camera === "live", cameraWords[state.camera]);
      const shared = isShared(state.screen);
      show(share, shared, shareWords(state));
      share.hidden = !onShare || !(inCall || shared);
      // Not `disabled`: it is the button that says why.
      share.ariaDisabled = sharerOf(peers) ? "true" : null;
      const ringing = peers.some((peer) => peer.call === "ringing");
      call.disabled = peers.length === 0;
      call.hidden = inCall || ringing;
      cancel.hidden = !ringing;
    },
  };
}

/** Whoever clicks Call twice means Call, not what stands in its place by the second click. */
function ignoreMissedClicks(root: HTMLElement): void {
  let first: Element | null = null;
  const sort = (event: MouseEvent) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (event.detail > 1 && button !== first) event.stopPropagation();
    else first = button;
  };
  root.addEventListener("click", sort, { capture: true });
}

/** What a click would do is the name of the button. */
function show(button: HTMLButtonElement, isOn: boolean, words: string): void {
  button.classList.toggle("on", isOn);
  if (button.ariaLabel === words) return;
  button.ariaLabel = words;
  button.title = words;
}
