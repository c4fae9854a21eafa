import { find } from "./dom.js";

/** What came or goes beside the messages: a file, a picture. */
export class Card {
  readonly element = document.createElement("li");
  readonly #bar = Object.assign(document.createElement("progress"), { hidden: true });
  readonly #words = document.createElement("p");
  readonly #buttons = document.createElement("div");

  constructor(title: string) {
    const name = document.createElement("p");
    name.textContent = title;
    this.element.append(name, this.#bar, this.#words, this.#buttons);
  }

  offer(words: string, run: () => void): void {
    const button = document.createElement("button");
    this.#buttons.append(
      Object.assign(button, { type: "button", textContent: words, onclick: run }),
    );
  }

  progress(bytes: number, size: number): void {
    Object.assign(this.#bar, { hidden: false, max: size, value: bytes });
  }

  show(picture: Blob): void {
    const image = Object.assign(new Image(), { src: URL.createObjectURL(picture), alt: "" });
    this.#words.replaceChildren(image);
  }

  say(words: string): void {
    this.#words.textContent = words;
  }

  /** Takes away the bar and the buttons. */
  empty(): void {
    this.#bar.hidden = true;
    this.#buttons.replaceChildren();
  }
}

export function addCard(title: string): Card {
  const card = new Card(title);
  find("cards", HTMLElement).prepend(card.element);
  return card;
}
