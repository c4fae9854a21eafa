import { randomUUID } from "node:crypto";
import { type Browser, type BrowserContext, test as base, expect } from "@playwright/test";
import type { CignalOptions } from "cignal-client";
import { alone } from "./alone.js";
import { startCall } from "./call.js";
import { pageScript } from "./page-script.js";
import { Peer } from "./peer.js";
import { type ServerOptions, TestServer } from "./server.js";
import { askForSmallPictures } from "./small-pictures.js";

export { expect } from "@playwright/test";

interface PageOptions {
  /** Another browser than the worker's, for one with other flags. */
  browser?: Browser;
  /** What to open on the server. Default: what the address says. */
  path?: string;
  /** Another server than the test's. */
  url?: string;
  /** Runs in the page before everything else, to put it into a state that a flag cannot. */
  before?: () => void;
}

interface Fixtures {
  serverOptions: ServerOptions;
  server: TestServer;
  /** Starts one more server; it is closed with the test. */
  startServer: (options?: ServerOptions) => Promise<TestServer>;
  roomId: string;
  /** Opens a page in a context of its own, with the library and the recorder, in no room. */
  openPage: (options?: PageOptions) => Promise<Peer>;
  /** Opens a page that enters the test's room. */
  openPeer: (options?: CignalOptions, page?: PageOptions) => Promise<Peer>;
  /** Two in the test's room who see each other: the one who came first, and the one who came second. */
  openPair: (options?: CignalOptions, page?: PageOptions) => Promise<[Peer, Peer]>;
  /** Such a pair in a call that the first one has started and that shows on both sides. */
  openCall: (options?: CignalOptions, page?: PageOptions) => Promise<[Peer, Peer]>;
  /** Starts a browser with other flags; it is closed with the test. */
  launch: (change: (flags: string[]) => string[]) => Promise<Browser>;
}

export const test = base.extend<Fixtures>({
  serverOptions: [{}, { option: true }],

  startServer: alone(async (use) => {
    const servers: TestServer[] = [];
    await use(async (options) => {
      const server = await TestServer.start(options);
      servers.push(server);
      return server;
    });
    for (const server of servers) await server.close();
  }),

  server: async ({ startServer, serverOptions }, use) => {
    await use(await startServer(serverOptions));
  },

  roomId: alone(async (use) => {
    await use(randomUUID());
  }),

  launch: async ({ playwright, launchOptions }, use) => {
    const browsers: Browser[] = [];
    await use(async (change) => {
      const args = change(launchOptions.args ?? []);
      const browser = await playwright.chromium.launch({ ...launchOptions, args });
      browsers.push(browser);
      return browser;
    });
    for (const browser of browsers) await browser.close();
  },

  openPage: async ({ browser, server, launch: _closedAfterItsPages }, use) => {
    const contexts: BrowserContext[] = [];
    const peers: Peer[] = [];
    await use(async (options = {}) => {
      const context = await (options.browser ?? browser).newContext({ ignoreHTTPSErrors: true });
      contexts.push(context);
      await context.addInitScript(pageScript);
      if (options.url) await context.addInitScript(askForSmallPictures);
      if (options.before) await context.addInitScript(options.before);
      const peer = new Peer(await context.newPage());
      peers.push(peer);
      await peer.page.goto(new URL(options.path ?? "", options.url ?? server.url).href);
      return peer;
    });
    for (const context of contexts) await context.close();
    // The library throws nothing at the page, and never speaks over its head (DEFECTS 12).
    for (const { pageErrors, dialogs } of peers) {
      expect(pageErrors).toEqual([]);
      expect(dialogs).toEqual([]);
    }
  },

  openPeer: async ({ openPage, roomId }, use) => {
    await use(async (options = {}, page = {}) => {
      const peer = await openPage(page);
      expect(await peer.enter({ roomId, ...options })).toEqual({ success: true });
      return peer;
    });
  },

  openPair: async ({ openPeer }, use) => {
    await use(async (options = {}, page = {}) => {
      const first = await openPeer({ peerId: "first", ...options }, page);
      const second = await openPeer({ peerId: "second", ...options }, page);
      await Promise.all([first.sees(1), second.sees(1)]);
      return [first, second];
    });
  },

  openCall: async ({ openPair }, use) => {
    await use(async (options, page) => {
      const pair = await openPair(options, page);
      await startCall(...pair);
      return pair;
    });
  },
});
