import { find, fromTemplate } from "./dom.js";

type Kind = "news" | "warning";

const icons: Record<Kind, string> = { news: "/icons.svg#info", warning: "/icons.svg#warning" };

/** More than these cover the picture; the oldest go first. */
const SHOWN_AT_MOST = 3;

export interface Notices {
  /** What happened, until something newer has. */
  tell(text: string): void;
  /** What went wrong, until it is dismissed. */
  warn(text: string): void;
  clear(kind?: Kind): void;
}

export function createNotices(root: HTMLElement): Notices {
  function show(text: string, kind: Kind): void {
    const notice = fromTemplate("notice");
    notice.dataset["kind"] = kind;
    find(notice, "p", HTMLElement).textContent = text;
    find(notice, "use", SVGUseElement).setAttribute("href", icons[kind]);
    find(notice, "button", HTMLButtonElement).addEventListener("click", () => notice.remove());

    for (const shown of [...root.children]) {
      if (find(shown, "p", HTMLElement).textContent === text) shown.remove();
    }
    root.append(notice);
    while (root.childElementCount > SHOWN_AT_MOST) root.firstElementChild?.remove();
  }

  function clear(kind?: Kind): void {
    for (const shown of root.querySelectorAll<HTMLElement>(".notice")) {
      if (!kind || shown.dataset["kind"] === kind) shown.remove();
    }
  }

  return {
    tell(text) {
      clear("news");
      show(text, "news");
    },
    warn: (text) => show(text, "warning"),
    clear,
  };
}
