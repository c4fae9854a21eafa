/** The element of the page with this id. */
export function find<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${type.name} #${id}`);
}

export const button = (id: string) => find(id, HTMLButtonElement);

let forgetting: ReturnType<typeof setTimeout> | undefined;

/** Says for a while what has happened. */
export function notify(news: unknown): void {
  const notice = find("notice", HTMLElement);
  notice.textContent = news instanceof Error ? news.message : String(news);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    notice.textContent = "";
  }, 6_000);
}

/** Hands a file to the user, as a download. */
export function download(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
