import fc from "fast-check";
import { expect, it } from "vitest";
import { findLinks } from "./links.js";

it("finds addresses of the web and of mail, without the sentence around them", () => {
  expect(
    findLinks("See https://example.org/a?b=1 (or www.example.org), ask me@example.org."),
  ).toEqual([
    { text: "See " },
    { text: "https://example.org/a?b=1", href: "https://example.org/a?b=1" },
    { text: " (or " },
    { text: "www.example.org", href: "https://www.example.org" },
    { text: "), ask " },
    { text: "me@example.org", href: "mailto:me@example.org" },
    { text: "." },
  ]);
});

it("DEFECTS 19: makes no link of what could run something", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,<script>",
    "<a href=x>",
    "vbscript:x",
  ]) {
    expect(findLinks(text)).toEqual([{ text }]);
  }
});

it("makes no link of what leads elsewhere than it seems to", () => {
  for (const text of [
    "https://bank.example@evil.example/login",
    "https://user:password@evil.example",
    "http://bank.example:80@evil.example",
    "https://evil.example/\u202egpj.exe",
    "https://evil.example/\u2066\u2069",
  ]) {
    expect(findLinks(text)).toEqual([{ text }]);
  }
  expect(findLinks("https://example.org/@ada")[0]?.href).toBe("https://example.org/@ada");
  expect(findLinks("https://m\u00fcller.example")[0]?.href).toBe("https://m\u00fcller.example");
});

it("whatever is said, the pieces together are the text, and links lead to the web or to mail", () => {
  const word = fc.oneof(fc.webUrl(), fc.emailAddress(), fc.string(), fc.constant(" "));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const text = words.join("");
      const parts = findLinks(text);
      expect(parts.map((part) => part.text).join("")).toBe(text);
      for (const { href } of parts) if (href) expect(href).toMatch(/^(https?|mailto):/i);
    }),
  );
});
