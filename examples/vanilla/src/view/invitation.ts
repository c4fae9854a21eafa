import type { Outcome } from "cignal-client";
import { find, onClick } from "./dom.js";

export interface InvitationOptions {
  link: string;
  onCopy: () => Promise<Outcome>;
}

/** What to do while nobody else is here: send the link. */
export function createInvitation(root: HTMLElement, { link, onCopy }: InvitationOptions) {
  const title = find(root, "h2", HTMLElement);
  const field = find(root, "input", HTMLInputElement);
  const hint = find(root, ".hint", HTMLElement);
  const button = find(root, "button", HTMLButtonElement);
  let wasLocked = false;
  field.value = link;

  onClick(button, async () => {
    const { success } = await onCopy();
    root.classList.toggle("copied", success);
    hint.textContent = success ? "Copied" : "Copy the selected link by hand.";
    if (!success) field.select();
  });

  return {
    /** `left` is who was here before. */
    show(left: string | undefined, locked: boolean): void {
      const what = locked ? "knock" : "come in";
      if (root.hidden || locked !== wasLocked)
        hint.textContent = `Whoever has the link can ${what}.`;
      wasLocked = locked;
      root.hidden = false;
      title.textContent = left ? `${left} has left` : "Nobody else is here yet";
    },
    hide(): void {
      root.hidden = true;
      root.classList.remove("copied");
    },
  };
}
