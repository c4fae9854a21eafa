import { tokenize } from "linkifyjs";

/** A piece of a text; with `href` it is a link. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

/** What a page may link to without a second thought. */
const SAFE = ["http:", "https:", "mailto:"];

/** Characters that are not seen and have text shown in another order (UAX #9, section 2). */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * Cuts a text into pieces, some of which are links: web and mail addresses, also without `https://`. The pieces together
 * are the text. What hides where it leads, as `https://bank.example@evil.example` does, is no link. Show each with
 * `textContent`, a link's in an `<a href rel="noopener noreferrer" target="_blank">`.
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
  if (!URL.canParse(href) || DIRECTIONS.test(href)) return undefined;
  const { protocol, username, password } = new URL(href);
  return SAFE.includes(protocol) && !username && !password ? href : undefined;
}
