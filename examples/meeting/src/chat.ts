import type { Cignal } from "cignal-client";
import { type ChatLine, findLinks, openChat, type TextPart } from "cignal-client/chat";
import { find, notify } from "./dom.js";

/** Messages to everybody, links in them, and who is typing. */
export function showChat(cignal: Cignal): void {
  const chat = openChat(cignal, { history: true });
  const list = find("messages", HTMLElement);
  const form = find("say", HTMLFormElement);
  const input = form.elements.namedItem("text") as HTMLInputElement;

  const showNewest = () => list.scrollTo(0, list.scrollHeight);
  new ResizeObserver(showNewest).observe(list);

  function item({ from, own, text, sentAt, state }: ChatLine): HTMLElement {
    const line = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = own ? "You" : from.name;
    line.append(name, " ", ...findLinks(text).map(piece));
    line.title = sentAt.toLocaleTimeString();
    line.classList.toggle("failed", state === "failed");
    return line;
  }

  chat.on("changed", (lines) => {
    list.replaceChildren(...lines.map(item));
    showNewest();
  });
  chat.on("typing", (peers) => {
    const names = peers.map(({ name }) => name).join(", ");
    find("typing", HTMLElement).textContent = names && `Typing: ${names}…`;
  });

  input.oninput = () => chat.typing();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    const outcome = await chat.send(text);
    if (!outcome.success) notify(outcome.error);
  };
}

/** Text stays text: nothing of it is ever markup. */
function piece({ text, href }: TextPart): Node | string {
  if (!href) return text;
  const attributes = { href, textContent: text, target: "_blank", rel: "noopener noreferrer" };
  return Object.assign(document.createElement("a"), attributes);
}
