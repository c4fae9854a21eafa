export type Look = Partial<Record<"dark" | "muted" | "mirrored" | "back" | "records", boolean>>;

/** What is to be seen of a person: the picture or their initial, their name, and how well it arrives. */
export class Tile {
  readonly element = document.createElement("li");
  readonly video = Object.assign(document.createElement("video"), {
    autoplay: true,
    playsInline: true,
  });
  readonly #caption = document.createElement("p");
  readonly #sign = document.createElement("span");

  constructor(screen: boolean) {
    this.element.classList.toggle("screen", screen);
    this.element.append(this.video, this.#caption, this.#sign);
  }

  show(name: string, { dark, muted, mirrored, back, records }: Look = {}): void {
    this.element.dataset["initial"] = name.slice(0, 1).toUpperCase();
    this.element.classList.toggle("dark", dark ?? false);
    this.element.classList.toggle("mirrored", mirrored ?? false);
    const also = [back && "back camera", muted && "muted", records && "records"].filter(Boolean);
    this.#caption.textContent = also.length > 0 ? `${name} (${also.join(", ")})` : name;
  }

  speaks(isSpeaking: boolean): void {
    this.element.classList.toggle("speaking", isSpeaking);
  }

  grade(grade: string, reason: string): void {
    Object.assign(this.#sign, { className: grade, title: reason });
  }
}
