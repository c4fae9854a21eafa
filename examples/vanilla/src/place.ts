import type { Visitor } from "./visitor.js";

const KEY = "cignal-place";

/** Where somebody is, and as whom. */
export interface Place {
  roomId: string;
  visitor: Visitor;
}

/** Where this tab was when its page was reloaded. */
export function rememberedPlace(): Place | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** `null` forgets: after hanging up, a reload asks again. */
export function rememberPlace(place: Place | null): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Storage is full or forbidden: the name is asked for again.
  }
}
