import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

/**
 * How each suite is run, one run after the other, and how the JSON report of each is counted.
 *
 * @type {Record<string, {
 *   runs: ((report: string) => string[])[],
 *   env?: (report: string) => Record<string, string>,
 *   cwd?: string,
 *   count: (report: any) => { passed: number, failed: number, skipped: number },
 * }>}
 */
export const suites = {
  unit: {
    runs: [
      (report) => [
        "node_modules/vitest/vitest.mjs",
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ],
    ],
    count: ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) => ({
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests + numTodoTests,
    }),
  },
  e2e: {
    cwd: join(root, "e2e"),
    // Another browser beside them would take the processor from the pictures and the sound that some tests measure. Each
    // run empties the folder of its traces.
    runs: [
      { which: "--grep", traces: "alone" },
      { which: "--grep-invert", traces: "together" },
    ].map(({ which, traces }) => () => [
      ...["node_modules/@playwright/test/cli.js", "test"],
      ...[which, "@alone", `--output=test-results/${traces}`],
    ]),
    env: (report) => ({ E2E_REPORT: report }),
    count: ({ stats }) => ({
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
    }),
  },
};

/**
 * Runs a suite, its output streaming, and counts. A run that crashed counts as one failure, whatever its report says, and
 * so does a suite that ran nothing.
 *
 * @param {string} name
 * @param {string} folder for the reports
 * @param {Record<string, string>} env
 */
export async function runSuite(name, folder, env) {
  const { runs, count, cwd = root, env: suiteEnv } = suites[name];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [index, args] of runs.entries()) {
    const report = join(folder, `${name}-${index}.json`);
    const { code } = await run(process.execPath, args(report), {
      cwd,
      env: { ...env, ...suiteEnv?.(report) },
    });
    const result = counted(name, code, report, count);
    for (const key of Object.keys(sum)) sum[key] += result[key];
  }
  if (sum.passed > 0 || sum.failed > 0) return sum;
  console.error(`${name}: no test ran.`);
  return { ...sum, failed: 1 };
}

function counted(name, code, report, count) {
  const result = existsSync(report)
    ? count(JSON.parse(readFileSync(report, "utf8")))
    : { passed: 0, failed: 0, skipped: 0 };
  if (result.failed > 0) return result;
  if (code !== 0) {
    console.error(`${name}: ended with exit code ${code} though no test failed.`);
    return { ...result, failed: 1 };
  }
  return result;
}
