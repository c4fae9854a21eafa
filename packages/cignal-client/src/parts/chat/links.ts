import { tokenize } from "linkifyjs";

/** A piece of a text; with `href` it is a link. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

/** What a page may link to without a second thought. */
const SAFE = ["http:", "https:", "mailto:"];

/**
 * Cuts a text into pieces, some of which are links: web and mail addresses, also without `https://`. The pieces together
 * are the text. Show each with `textContent`, a link's in an `<a href rel="noopener noreferrer" target="_blank">`.
 */
export function findLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  for (const token of tokenize(String(text))) {
    const href = token.isLink ? safe(token.toHref("https")) : undefined;
    const last = parts.at(-1);
    if (href) parts.push({ text: token.v, href });
    else if (last && !last.href) parts[parts.length - 1] = { text: last.text + token.v };
    else parts.push({ text: token.v });
  }
  return parts;
}

function safe(href: string): string | undefined {
  return URL.canParse(href) && SAFE.includes(new URL(href).protocol) ? href : undefined;
}
