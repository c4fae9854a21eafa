/** The one element that a selector means. A page without it is broken, so this throws. */
export function find<Kind extends Element>(
  root: ParentNode,
  selector: string,
  kind: new () => Kind,
): Kind {
  const found = root.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`index.html has no ${selector}`);
}

/** A fresh copy of what is in a template of index.html. */
export function fromTemplate(id: string): HTMLElement {
  const { content } = find(document, `template#${id}`, HTMLTemplateElement);
  const copy = content.firstElementChild?.cloneNode(true);
  if (copy instanceof HTMLElement) return copy;
  throw new Error(`The template ${id} is empty`);
}

/** A button that is busy until its work is done: no second click starts it again. */
export function onClick(button: HTMLButtonElement, work: () => Promise<unknown>): void {
  button.addEventListener("click", async () => {
    if (isBusy(button)) return;
    setBusy(button, true);
    await work().finally(() => setBusy(button, false));
  });
}

// Not `disabled`, which would take the focus away.
export function setBusy(button: HTMLButtonElement, busy: boolean): void {
  button.ariaBusy = busy ? "true" : null;
}

export const isBusy = (button: HTMLButtonElement): boolean => button.ariaBusy === "true";

/** Whether the focus can be on it: what is hidden, disabled or gone loses it to the page. */
export const canHaveFocus = (element: HTMLElement): boolean =>
  element.checkVisibility() && !element.matches(":disabled");

/**
 * Changes what is in `root`. Where that takes the focus away, the first of `others` that can have it gets it: nobody who
 * uses the keyboard has to start again at the top.
 */
export function keepFocus(root: HTMLElement, others: HTMLElement[], change: () => void): void {
  const wasHere = root.contains(document.activeElement);
  change();
  const { activeElement } = document;
  if (!wasHere || (activeElement instanceof HTMLElement && holds(root, activeElement))) return;
  others.find(canHaveFocus)?.focus();
}

const holds = (root: HTMLElement, element: HTMLElement): boolean =>
  root.contains(element) && canHaveFocus(element);
