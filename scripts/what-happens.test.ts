import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const page = resolve(import.meta.dirname, "../docs/what-happens-when.md");
const rows = readFileSync(page, "utf8")
  .split("\n")
  .filter(
    (line) => line.startsWith("| ") && !line.startsWith("| when") && !line.startsWith("| --"),
  );

it("has a line for each of many things that happen", () => {
  expect(rows.length).toBeGreaterThan(20);
});

it.each(rows)("shows by a test what it says: %s", (row) => {
  const [, title = "", path = ""] = /\[([^\]]+)\]\(([^)]+)\) *\|$/.exec(row) ?? [];
  const spec = readFileSync(resolve(page, "..", path), "utf8");
  expect(title).not.toBe("");
  expect(spec).toContain(title);
});
