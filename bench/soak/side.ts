import type { Browser, CDPSession, Page } from "playwright-core";
import type { Look } from "./page.js";

/** Where both sides meet. */
export interface Meeting {
  /** Where the pages are. */
  pageUrl: string;
  serverUrl: string;
  room: string;
}

/** A page in a call, and what it takes. */
export class Side {
  /** What nobody in the page has caught. */
  readonly errors: string[] = [];
  readonly #meeting: Meeting;
  readonly #devTools: CDPSession;

  private constructor(
    readonly name: string,
    readonly page: Page,
    meeting: Meeting,
    devTools: CDPSession,
  ) {
    this.#meeting = meeting;
    this.#devTools = devTools;
  }

  static async open(browser: Browser, name: string, meeting: Meeting): Promise<Side> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const devTools = await context.newCDPSession(page);
    await devTools.send("HeapProfiler.enable");
    const side = new Side(name, page, meeting, devTools);
    page.on("pageerror", ({ message }) => side.errors.push(`${name}: ${message}`));
    await page.goto(meeting.pageUrl);
    await side.enter();
    return side;
  }

  async enter(): Promise<void> {
    const { serverUrl, room } = this.#meeting;
    const where = [serverUrl, room, this.name] as const;
    await this.page.evaluate((it) => window.soak.enter(...it), where);
  }

  call(): Promise<void> {
    return this.page.evaluate(() => window.soak.call());
  }

  look(): Promise<Look> {
    return this.page.evaluate(() => window.soak.look());
  }

  /** Bytes of JavaScript that are in use. */
  async heap(): Promise<number> {
    await this.#devTools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#devTools.send("Runtime.getHeapUsage");
    return usedSize;
  }
}
