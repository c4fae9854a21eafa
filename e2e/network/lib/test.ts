import { randomUUID } from "node:crypto";
import { type Browser, test as base, expect } from "@playwright/test";
import type { CignalOptions } from "cignal-client";
import { alone } from "../../lib/alone.js";
import { startCall } from "../../lib/call.js";
import { pageScript } from "../../lib/page-script.js";
import { Peer } from "../../lib/peer.js";
import { browserIn, Lab } from "./lab.js";
import type { Nat } from "./nat.js";
import { whyNoLab } from "./requirements.js";

export { expect } from "@playwright/test";

interface WorkerFixtures {
  net: Lab;
  /** One in each home. */
  browsers: [Browser, Browser];
}

interface Fixtures {
  /** Skips the test where there can be no lab; in CI it fails. */
  possible: undefined;
  /** Puts the homes behind these; a pair in a call that the first one has started and that shows on both sides. */
  openCall: (nats: readonly [Nat, Nat], options?: CignalOptions) => Promise<[Peer, Peer]>;
}

let explained = false;

export const test = base.extend<Fixtures, WorkerFixtures>({
  possible: [
    alone(async (use, testInfo) => {
      const why = whyNoLab();
      if (why && process.env["CI"]) throw new Error(why);
      if (why && !explained) console.warn(`Skipped: ${why}`);
      explained = true;
      testInfo.skip(why !== undefined, why);
      await use(undefined);
    }),
    { auto: true },
  ],

  net: [
    alone(async (use) => {
      const lab = await Lab.build();
      await use(lab);
      await lab.remove();
    }),
    { scope: "worker" },
  ],

  browsers: [
    async ({ net, playwright, launchOptions }, use) => {
      const { executablePath = "", args = [] } = launchOptions;
      const commands = await Promise.all(
        net.homes.map(({ machine }) => browserIn(machine, executablePath)),
      );
      const browsers = await Promise.all(
        commands.map(({ path }) =>
          playwright.chromium.launch({
            ...launchOptions,
            executablePath: path,
            args: [
              ...args,
              `--unsafely-treat-insecure-origin-as-secure=${net.url}`,
              // For coturn's, which Playwright's ignoreHTTPSErrors is not about.
              "--ignore-certificate-errors",
            ],
          }),
        ),
      );
      await use(browsers as [Browser, Browser]);
      for (const browser of browsers) await browser.close();
      for (const command of commands) await command.remove();
    },
    { scope: "worker" },
  ],

  openCall: async ({ net, browsers }, use) => {
    const peers: Peer[] = [];
    await use(async (nats, options = {}) => {
      const roomId = randomUUID();
      for (const [index, home] of net.homes.entries()) await home.setNat(nats[index] ?? "open");
      for (const [index, browser] of browsers.entries()) {
        const context = await browser.newContext();
        await context.addInitScript(pageScript);
        const peer = new Peer(await context.newPage());
        peers.push(peer);
        await peer.page.goto(net.url);
        const peerId = index === 0 ? "first" : "second";
        expect(await peer.enter({ roomId, peerId, ...options })).toEqual({ success: true });
      }
      const [first, second] = peers as [Peer, Peer];
      await Promise.all([first.sees(1), second.sees(1)]);
      await startCall(first, second);
      return [first, second];
    });
    for (const { page } of peers) await page.context().close();
    for (const { pageErrors } of peers) expect(pageErrors).toEqual([]);
  },
});
