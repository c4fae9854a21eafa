import { defineConfig } from "@playwright/test";

/** Where `npm test` wants the counts. */
const report = process.env["E2E_REPORT"];

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Chromium without its windows, which cost more than the calls. */
const shell = process.env["CHROMIUM_SHELL"] ?? chromium;

/** Needs more than the shell has: permissions that are asked for, ids of devices, a tab that is shared. */
const WHOLE = /@whole-browser/;

const launch = (executablePath: string) => ({
  executablePath,
  args: [
    "--use-fake-device-for-media-stream=fps=15",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  ],
});

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  timeout: 60_000,
  globalTimeout: 20 * 60_000,
  expect: { timeout: 10_000 },
  // A call keeps one of a CI machine's two cores busy.
  workers: 2,
  projects: [
    // These measure gaps, and lay out networks whose addresses are theirs alone. scripts/lib/suites.mjs runs those with the
    // tag @alone before all others.
    { name: "network", testMatch: "network/**/*.spec.ts", workers: 1 },
    { name: "firefox", testMatch: "firefox/**/*.spec.ts", workers: 1 },
    {
      name: "whole-browser",
      testMatch: "tests/**/*.spec.ts",
      grep: WHOLE,
    },
    {
      name: "chromium",
      testMatch: "{tests,packages}/**/*.spec.ts",
      grepInvert: WHOLE,
      use: { launchOptions: launch(shell) },
    },
  ],
  // A test that passes at the second attempt has found a bug.
  retries: 0,
  forbidOnly: true,
  reporter: [
    [process.stdout.isTTY ? "line" : "list"],
    ...(report ? [["json", { outputFile: report }] as const] : []),
  ],
  use: {
    // Screenshots of moving pictures would cost more than the calls.
    trace: { mode: "retain-on-failure", screenshots: false },
    launchOptions: launch(chromium),
  },
});
