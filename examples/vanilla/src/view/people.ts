import type { CallSnapshot } from "cignal-client";
import { peerWords } from "../words.js";
import { paintAvatar } from "./avatar.js";

/** Who is here, and how the call with them is. */
export function createPeople(list: HTMLElement) {
  return {
    render({ me, peers }: CallSnapshot): void {
      const others = peers.map((peer) => person(peer.name, peerWords(peer)));
      list.replaceChildren(person(me.name, "You"), ...others);
    },
  };
}

function person(name: string, words: string): HTMLElement {
  const avatar = element("span", "avatar");
  avatar.ariaHidden = "true";
  paintAvatar(avatar, name);
  const item = element("li", "person");
  item.append(avatar, element("span", "person-name", name), element("span", "person-state", words));
  return item;
}

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
