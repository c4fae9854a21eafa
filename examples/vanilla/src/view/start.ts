import type { Visitor } from "../visitor.js";
import { find, fromTemplate, isBusy, setBusy } from "./dom.js";

export interface StartOptions {
  /** Whether somebody has sent a link, so that there is a call to join. */
  joining: boolean;
  visitor: Visitor;
  onEnter: (visitor: Visitor) => Promise<void>;
}

/** Asks for the name, and whether calls shall ring. */
export function createStart({ joining, visitor, onEnter }: StartOptions) {
  const element = fromTemplate("start");
  const name = find(element, "#name", HTMLInputElement);
  const rings = find(element, "#rings", HTMLInputElement);
  const button = find(element, "button", HTMLButtonElement);

  if (joining) {
    find(element, "h1", HTMLElement).textContent = "You are invited to a call.";
    find(element, ".lead", HTMLElement).textContent = "Say who you are, and come in.";
    button.textContent = "Join the call";
  }
  name.value = visitor.name;
  rings.checked = visitor.rings;

  find(element, "form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    setBusy(button, true);
    const entered = onEnter({ name: name.value.trim(), rings: rings.checked });
    await entered.finally(() => setBusy(button, false));
  });

  return { element, focus: () => name.select() };
}
