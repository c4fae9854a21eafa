import { findLinks, openChat } from "cignal-client/chat";

const chat = openChat(cignal, { history: true });
const lines = document.querySelector("#lines");
const typing = document.querySelector("#typing");
const form = document.querySelector("#say");

function link({ text, href }) {
  if (!href) return text;
  const attributes = { href, textContent: text, target: "_blank", rel: "noopener noreferrer" };
  return Object.assign(document.createElement("a"), attributes);
}

function show(all) {
  const items = all.map(({ from, text, state }) => {
    const item = document.createElement("li");
    item.append(`${from.name}: `, ...findLinks(text).map(link));
    item.classList.toggle("failed", state === "failed");
    return item;
  });
  lines.replaceChildren(...items);
}

show(chat.lines);
chat.on("changed", show);
chat.on("typing", (peers) => {
  typing.textContent = peers.map(({ name }) => `${name} is typing…`).join(" ");
});

form.text.oninput = () => chat.typing();
form.onsubmit = async (event) => {
  event.preventDefault();
  const text = form.text.value.trim();
  if (!text) return;
  form.text.value = "";
  const { success, error } = await chat.send(text);
  if (!success) typing.textContent = error.message;
};
