import type { Outcome, PeerInfo } from "cignal-client";
import { find } from "./dom.js";

export type OnMessage = (text: string) => Promise<Outcome>;

const ME = "me";

export function createChat(root: HTMLElement, { onMessage }: { onMessage: OnMessage }) {
  const log = find(root, "ol", HTMLElement);
  const hint = find(root, ".empty", HTMLElement);
  const field = find(root, "input", HTMLInputElement);
  let lastFrom: string | undefined;

  function add(from: string, name: string, text: string): HTMLElement {
    const item = document.createElement("li");
    item.className = from === ME ? "message own" : "message";
    // Who speaks on is named once.
    if (from !== lastFrom) item.append(line("strong", name));
    // Text stays text, whatever a peer has sent.
    item.append(line("p", text));
    lastFrom = from;
    log.append(item);
    return item;
  }

  find(root, "form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === "") return;
    field.value = "";
    const item = add(ME, "You", text);
    item.scrollIntoView({ block: "nearest" });
    const { success } = await onMessage(text);
    if (success) return;
    item.classList.add("unsent");
    item.append(line("em", "Not sent"));
  });

  return {
    show: ({ id, name }: PeerInfo, text: string) => add(`peer ${id}`, name, text),
    render(names: string[]): void {
      hint.textContent =
        names.length > 0
          ? `Say hello to ${names.join(", ")}.`
          : "Messages reach whoever is in the room. Nobody else is, yet.";
    },
  };
}

function line(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
