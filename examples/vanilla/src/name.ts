const KEY = "cignal-name";

/** The name that was entered last. */
export function rememberedName(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function remember(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Storage is full or forbidden: the name is asked for again next time.
  }
}
