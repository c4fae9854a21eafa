const KEY = "cignal-visitor";

/** Who calls, as the start page asks. */
export interface Visitor {
  name: string;
  /** Whether a call rings here until it is accepted. */
  rings: boolean;
}

/** What was entered last. */
export function rememberedVisitor(): Visitor {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "");
  } catch {
    return { name: "", rings: false };
  }
}

export function rememberVisitor(visitor: Visitor): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(visitor));
  } catch {
    // Storage is full or forbidden: it is asked for again next time.
  }
}
