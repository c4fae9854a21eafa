import { find, fromTemplate } from "./dom.js";

/** In front of a locked room: whoever knocked waits, as long as they like. */
export function createWaiting({ onStop }: { onStop: () => void }) {
  const element = fromTemplate("waiting");
  const title = find(element, "h1", HTMLElement);
  find(element, "button", HTMLButtonElement).addEventListener("click", onStop);
  return { element, focus: () => title.focus() };
}
