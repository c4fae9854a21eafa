import type { Browser } from "@playwright/test";
import { firefox } from "playwright-core-firefox";
import { test as base } from "./test.js";

/** Tests that have a Firefox beside the Chromium that the others have. */
export const test = base.extend<object, { firefox: Browser }>({
  firefox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from a pattern.
    async ({}, use) => {
      const browser = await firefox.launch({
        // Debian's own: Playwright drives it only by this channel, and only in the version before the runner's.
        channel: "moz-firefox",
        executablePath: process.env["FIREFOX"] ?? "/usr/bin/firefox-esr",
        firefoxUserPrefs: {
          "media.navigator.streams.fake": true,
          "media.navigator.permission.disabled": true,
          "media.autoplay.default": 0,
        },
      });
      // The types of two versions of Playwright do not fit; what the tests use of a browser is the same in both.
      await use(browser as unknown as Browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
});
