import type { Browser } from "@playwright/test";
import { alone } from "./alone.js";
import { Coturn, type CoturnOptions } from "./coturn.js";
import { test as base } from "./test.js";

export { expect } from "@playwright/test";

interface Fixtures {
  /** Starts a TURN server; it is stopped with the test. */
  startCoturn: (options?: CoturnOptions) => Promise<Coturn>;
  /** Its pages may use 127.0.0.1 for their connections, and take a self-signed certificate for TURN. */
  turnBrowser: Browser;
}

/** For tests with a TURN server of their own. */
export const test = base.extend<Fixtures>({
  startCoturn: alone(async (use) => {
    const started: Coturn[] = [];
    await use(async (options) => {
      const coturn = await Coturn.start(options);
      started.push(coturn);
      return coturn;
    });
    for (const coturn of started) await coturn.stop();
  }),

  turnBrowser: async ({ launch }, use) => {
    const more = ["--allow-loopback-in-peer-connection", "--ignore-certificate-errors"];
    await use(await launch((flags) => [...flags, ...more]));
  },
});
