import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

declare const axe: { run: (options: RunOptions) => Promise<AxeResults> };

const source = readFile(fileURLToPath(import.meta.resolve("axe-core")), "utf8");

/** Levels A and AA of WCAG 2.1, and what is good practice beside it. */
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** Nothing on the page, as it is now, keeps anybody out, neither in its light nor in its dark colours. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    // What fades from one colour to the other is neither.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(await source);
    const found = await page.evaluate(async (values) => {
      const { violations } = await axe.run({ runOnly: values, resultTypes: ["violations"] });
      return violations.map(({ id, help, nodes }) => ({
        rule: `${id}: ${help}`,
        where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
      }));
    }, rules);
    expect(found, `${colorScheme} colours`).toEqual([]);
  }
}
