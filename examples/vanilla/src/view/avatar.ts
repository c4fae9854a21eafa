/** Shows a name as its initials, in a colour that stays with the name. */
export function paintAvatar(element: HTMLElement, name: string): void {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => firstOf(word));
  element.textContent = initials.join("").toLocaleUpperCase();
  element.style.setProperty("--hue", String(hueOf(name)));
}

// A character may be several UTF-16 units.
const firstOf = (word = ""): string => [...word][0] ?? "";

const hueOf = (name: string): number =>
  [...name].reduce((hue, letter) => (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360, 250);
