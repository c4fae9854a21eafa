import { find, fromTemplate, isBusy, setBusy } from "./dom.js";

export interface StartOptions {
  /** Whether somebody has sent a link, so that there is a call to join. */
  joining: boolean;
  name: string;
  onEnter: (name: string) => Promise<void>;
}

/** Asks for the name. */
export function createStart({ joining, name, onEnter }: StartOptions) {
  const element = fromTemplate("start");
  const field = find(element, "input", HTMLInputElement);
  const button = find(element, "button", HTMLButtonElement);

  if (joining) {
    find(element, "h1", HTMLElement).textContent = "You are invited to a call.";
    find(element, ".lead", HTMLElement).textContent = "Say who you are, and come in.";
    button.textContent = "Join the call";
  }
  field.value = name;

  find(element, "form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    setBusy(button, true);
    await onEnter(field.value.trim()).finally(() => setBusy(button, false));
  });

  return { element, focus: () => field.select() };
}
