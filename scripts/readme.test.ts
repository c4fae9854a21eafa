import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** Each code block below a comment that names the file which a test runs. */
const samples = [...readme.matchAll(/<!-- (\S+) -->\s+```\w+\n([\s\S]*?)```/g)].map(
  ([, file = "", code]) => ({ file, code }),
);

it("the README shows a server, a page and its script", () => {
  expect(samples.map(({ file }) => file)).toEqual([
    "e2e/packages/app/server.js",
    "e2e/packages/app/index.html",
    "e2e/packages/app/main.js",
  ]);
});

it.each(samples)("the README shows $file as the tests run it", ({ file, code }) => {
  expect(code).toBe(readFileSync(join(root, file), "utf8"));
});

it("every relative link of the README leads somewhere", () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links)
    expect(() => readFileSync(join(root, link)), link).not.toThrow(/ENOENT/);
});
