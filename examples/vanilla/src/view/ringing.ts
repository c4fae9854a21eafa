import type { IncomingCall } from "cignal-client";
import { paintAvatar } from "./avatar.js";
import { find } from "./dom.js";

/** Asks whether to take a call. */
export function createRinging(dialog: HTMLDialogElement) {
  const title = find(dialog, "h2", HTMLElement);
  const avatar = find(dialog, ".avatar", HTMLElement);
  let call: IncomingCall | undefined;

  function answer(how: "accept" | "reject"): void {
    const answered = call;
    call = undefined;
    dialog.close();
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
    hide(): void {
      call = undefined;
      dialog.close();
    },
  };
}
