import type { IncomingCall } from "cignal-client";
import { paintAvatar } from "./avatar.js";
import { find } from "./dom.js";

/** Asks whether to take a call. `change` does what may take the focus away. */
export function createRinging(dialog: HTMLDialogElement, change: (work: () => void) => void) {
  const title = find(dialog, "h2", HTMLElement);
  const avatar = find(dialog, ".avatar", HTMLElement);
  let call: IncomingCall | undefined;

  function hide(): void {
    call = undefined;
    change(() => dialog.close());
  }

  function answer(how: "accept" | "reject"): void {
    const answered = call;
    hide();
    void answered?.[how]();
  }

  find(dialog, ".go", HTMLButtonElement).addEventListener("click", () => answer("accept"));
  find(dialog, ".stop", HTMLButtonElement).addEventListener("click", () => answer("reject"));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    answer("reject");
  });

  return {
    show(incoming: IncomingCall, name: string): void {
      call = incoming;
      title.textContent = `${name} is calling`;
      paintAvatar(avatar, name);
      if (!dialog.open) dialog.showModal();
      // Not the focus of a button: Enter, in the midst of a message, would answer.
      dialog.focus();
    },
    hide,
  };
}
