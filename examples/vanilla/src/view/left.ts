import { find, fromTemplate, onClick } from "./dom.js";

/** After the call: the way back. */
export function createLeft({ byMe, onRejoin }: { byMe: boolean; onRejoin: () => Promise<void> }) {
  const element = fromTemplate("left");
  const button = find(element, "button", HTMLButtonElement);
  if (!byMe) find(element, "h1", HTMLElement).textContent = "The call has ended";
  onClick(button, onRejoin);
  return { element, focus: () => button.focus() };
}
