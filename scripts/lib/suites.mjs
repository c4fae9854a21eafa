import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

/**
 * How each suite is run and how its JSON report is counted.
 *
 * @type {Record<string, {
 *   args: (report: string) => string[],
 *   env?: (report: string) => Record<string, string>,
 *   cwd?: string,
 *   count: (report: any) => { passed: number, failed: number, skipped: number },
 * }>}
 */
export const suites = {
  unit: {
    args: (report) => [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    count: ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) => ({
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests + numTodoTests,
    }),
  },
  e2e: {
    cwd: join(root, "e2e"),
    args: () => ["node_modules/@playwright/test/cli.js", "test"],
    env: (report) => ({ E2E_REPORT: report }),
    count: ({ stats }) => ({
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
    }),
  },
};

/**
 * Runs a suite, its output streaming, and counts. A suite that crashed or ran nothing counts as one failure, whatever
 * its report says.
 *
 * @param {string} name
 * @param {string} folder for the report
 * @param {Record<string, string>} env
 */
export async function runSuite(name, folder, env) {
  const { args, count, cwd = root, env: suiteEnv } = suites[name];
  const report = join(folder, `${name}.json`);
  const { code } = await run(process.execPath, args(report), {
    cwd,
    env: { ...env, ...suiteEnv?.(report) },
  });

  const result = existsSync(report)
    ? count(JSON.parse(readFileSync(report, "utf8")))
    : { passed: 0, failed: 0, skipped: 0 };
  if (result.failed > 0) return result;
  if (code !== 0) {
    console.error(`${name}: ended with exit code ${code} though no test failed.`);
    return { ...result, failed: 1 };
  }
  if (result.passed === 0) {
    console.error(`${name}: no test ran.`);
    return { ...result, failed: 1 };
  }
  return result;
}
