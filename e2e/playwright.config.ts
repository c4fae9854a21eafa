import { defineConfig } from "@playwright/test";

/** Where `npm test` wants the counts. */
const report = process.env["E2E_REPORT"];

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  timeout: 60_000,
  globalTimeout: 23 * 60_000,
  expect: { timeout: 10_000 },
  // A call keeps one of a CI machine's two cores busy.
  workers: 2,
  projects: [
    // These measure gaps, and lay out networks whose addresses are theirs alone.
    { name: "network", testMatch: "network/**/*.spec.ts", workers: 1 },
    { name: "firefox", testMatch: "firefox/**/*.spec.ts", workers: 1 },
    { name: "chromium", testMatch: "{tests,packages}/**/*.spec.ts" },
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
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--use-fake-device-for-media-stream=fps=30",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
      ],
    },
  },
});
