import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** Each code block below a comment that names the file which a test runs. */
const samples = pages.flatMap((page) =>
  [...read(page).matchAll(/<!-- (\S+) -->\s+```\w+\n([\s\S]*?)```/g)].map(
    ([, file = "", code]) => ({ page, file, code }),
  ),
);

it("the README shows a server, a page and its script", () => {
  const shown = samples.filter(({ page }) => page === "README.md");
  expect(shown.map(({ file }) => file)).toEqual([
    "e2e/packages/app/server.js",
    "e2e/packages/app/index.html",
    "e2e/packages/app/main.js",
  ]);
});

it.each(samples)("$page shows $file as the tests run it", ({ file, code }) => {
  expect(code).toBe(read(file));
});

it.each(pages)("every relative link of %s leads somewhere", (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);
  if (page === "README.md") expect(links.length).toBeGreaterThan(10);
  for (const link of links)
    expect(() => readFileSync(join(root, dirname(page), link)), link).not.toThrow(/ENOENT/);
});
