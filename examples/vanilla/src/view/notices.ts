import { canHaveFocus, find, fromTemplate } from "./dom.js";

type Kind = "news" | "warning";

const icons: Record<Kind, string> = { news: "/icons.svg#info", warning: "/icons.svg#warning" };

/** More than these cover the picture; the oldest go first. */
const SHOWN_AT_MOST = 3;

interface NoticeOptions {
  /** What it is about: a newer one about the same takes its place. Default: what it says. */
  about?: string;
  /** What can be done; the notice goes away with the click. */
  action?: { words: string; run: () => void };
}

export interface Notices {
  /** What happened, until something newer has. */
  tell(text: string): void;
  /** What went wrong, until it is dismissed or put right. */
  warn(text: string, options?: NoticeOptions): void;
  /** Removes those about this, or all. */
  clear(about?: string): void;
}

const NEWS = "news";

/** `onLostFocus` gives the focus to something else when where it came from is not there any more. */
export function createNotices(root: HTMLElement, onLostFocus: () => void): Notices {
  /** Where the focus was before it came here. */
  let before: EventTarget | null = null;
  root.addEventListener("focusin", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && root.contains(relatedTarget))) before = relatedTarget;
  });

  function show(text: string, kind: Kind, { about = text, action }: NoticeOptions = {}): void {
    const notice = fromTemplate("notice");
    notice.dataset["kind"] = kind;
    notice.dataset["about"] = about;
    find(notice, "p", HTMLElement).textContent = text;
    find(notice, "use", SVGUseElement).setAttribute("href", icons[kind]);
    const button = find(notice, ".action", HTMLButtonElement);
    button.hidden = !action;
    button.textContent = action?.words ?? "";
    button.addEventListener("click", () => {
      remove(notice);
      action?.run();
    });
    find(notice, ".dismiss", HTMLButtonElement).addEventListener("click", () => remove(notice));

    root.append(notice);
    for (const shown of root.querySelectorAll<HTMLElement>(".notice")) {
      if (shown !== notice && shown.dataset["about"] === about) remove(shown);
    }
    while (root.childElementCount > SHOWN_AT_MOST) remove(root.firstElementChild);
  }

  function remove(notice: Element | null): void {
    const hadFocus = notice?.contains(document.activeElement);
    const next = notice?.nextElementSibling ?? notice?.previousElementSibling;
    notice?.remove();
    if (!hadFocus) return;
    if (next) find(next, ".dismiss", HTMLButtonElement).focus();
    else if (before instanceof HTMLElement && canHaveFocus(before)) before.focus();
    else onLostFocus();
  }

  return {
    tell: (text) => show(text, "news", { about: NEWS }),
    warn: (text, options) => show(text, "warning", options),
    clear(about) {
      for (const shown of root.querySelectorAll<HTMLElement>(".notice")) {
        if (!about || shown.dataset["about"] === about) remove(shown);
      }
    },
  };
}
