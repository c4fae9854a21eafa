import { existsSync } from "node:fs";
import { type PulseAudio, startPulseAudio } from "@cignal/services";
import type { Browser } from "@playwright/test";
import type { CignalOptions } from "cignal-client";
import { firefox } from "playwright-core-firefox";
import { alone } from "./alone.js";
import type { Peer } from "./peer.js";
import { test as base } from "./test.js";

export type Name = "Firefox" | "Chromium";
export const names: Name[] = ["Firefox", "Chromium"];
export const other = (name: Name): Name => (name === "Firefox" ? "Chromium" : "Firefox");

type Preferences = Record<string, boolean | number>;

/** What stands in for microphone and camera. */
const fakeDevices: Preferences = { "media.navigator.streams.fake": true };
const everythingAllowed: Preferences = { "media.navigator.permission.disabled": true };

/** What Firefox has no Web Audio without, on a machine without a sound card. */
const pulseaudio = process.env["PULSEAUDIO"] ?? "/usr/bin/pulseaudio";
export const hasSoundOutput = existsSync(pulseaudio);

async function launch(preferences: Preferences, output?: PulseAudio): Promise<Browser> {
  const browser = await firefox.launch({
    // Debian's own: Playwright drives it only by this channel, and only in the version before the runner's.
    channel: "moz-firefox",
    executablePath: process.env["FIREFOX"] ?? "/usr/bin/firefox-esr",
    env: { ...process.env, ...(output && { PULSE_SERVER: output.server }) },
    firefoxUserPrefs: { "media.autoplay.default": 0, ...preferences },
  });
  // The types of two versions of Playwright do not fit; what the tests use of a browser is the same in both.
  return browser as unknown as Browser;
}

interface Fixtures {
  /** The browsers that most tests use, with fake devices that are allowed. */
  browsers: Record<Name, Browser>;
  /** One of each in the test's room, who see each other, under the names of their browsers. */
  openBoth: (comesFirst: Name, options?: CignalOptions) => Promise<Record<Name, Peer>>;
  /** A Firefox on a computer without devices. */
  firefoxWithoutDevices: Browser;
  /** A Firefox whose user has denied the devices. */
  denyingFirefox: Browser;
}

/** Tests that have a Firefox beside the Chromium that the others have. */
export const test = base.extend<Fixtures, { firefox: Browser }>({
  firefox: [
    alone(async (use) => {
      const output = hasSoundOutput ? await startPulseAudio() : undefined;
      const browser = await launch({ ...fakeDevices, ...everythingAllowed }, output);
      await use(browser);
      await browser.close();
      await output?.[Symbol.asyncDispose]();
    }),
    { scope: "worker" },
  ],

  firefoxWithoutDevices: alone(async (use) => {
    const browser = await launch(everythingAllowed);
    await use(browser);
    await browser.close();
  }),

  denyingFirefox: alone(async (use) => {
    const DENY = 2;
    const denied = { "permissions.default.camera": DENY, "permissions.default.microphone": DENY };
    const browser = await launch({ ...fakeDevices, ...denied });
    await use(browser);
    await browser.close();
  }),

  browsers: async ({ browser, firefox }, use) => {
    await use({ Firefox: firefox, Chromium: browser });
  },

  openBoth: async ({ browsers, openPeer }, use) => {
    await use(async (comesFirst, options = {}) => {
      const enter = (name: Name) =>
        openPeer({ peerId: name, ...options }, { browser: browsers[name] });
      const [first, second] = [await enter(comesFirst), await enter(other(comesFirst))];
      await Promise.all([first.sees(1), second.sees(1)]);
      return comesFirst === "Firefox"
        ? { Firefox: first, Chromium: second }
        : { Firefox: second, Chromium: first };
    });
  },
});
