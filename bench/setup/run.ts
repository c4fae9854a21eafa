import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { within } from "../lib/within.js";
import type { Side } from "./contender.js";
import type {} from "./page.js";
import type { Step } from "./trace.js";

const MEDIA = { audio: true, video: { width: 640, height: 480, frameRate: 30 } };

/** The clocks of two pages and the system's may be this far apart, in milliseconds. */
export const CLOCK_TOLERANCE = 3;

/** So that loading a page and connecting early do not weigh on the call itself. */
const REST = 500;

export interface Run {
  /** From the click until both sides have shown a frame of the other, in milliseconds. */
  setup: number;
  /** From the opening of the second page until a call could start. */
  ready: number;
  /** What both pages did, by milliseconds since the click; empty unless traced. */
  steps: Step[];
}

export async function open(browser: Browser, url: string, side: Side): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${url}: ${error.message}`));
  await page.goto(url);
  await page.evaluate((it) => window.bench.prepare(it), side);
  return page;
}

async function checkClock(page: Page) {
  const error = await page.evaluate(() => window.bench.clockError());
  if (error > CLOCK_TOLERANCE) throw new Error(`a page's clock is off by ${error} ms`);
}

async function call(caller: Page, callee: Page): Promise<Run> {
  await callee.evaluate(() => window.bench.ready());
  const ready = await caller.evaluate(() => window.bench.ready());
  await Promise.all([caller, callee].map(checkClock));
  await setTimeout(REST);
  const clicked = await caller.evaluate(() => window.bench.call());
  const frames = await Promise.all(
    [caller, callee].map((page) => page.evaluate(() => window.bench.firstFrame)),
  );
  const steps = await Promise.all([stepsOf(caller, "A"), stepsOf(callee, "B")]);
  return {
    setup: Math.max(...frames) - clicked,
    ready,
    steps: steps
      .flat()
      .concat(frames.map((at, page) => ({ at, what: `${"AB"[page]} frame` })))
      .map(({ at, what }) => ({ at: at - clicked, what }))
      .sort((a, b) => a.at - b.at),
  };
}

async function stepsOf(page: Page, name: string): Promise<Step[]> {
  const steps = await page.evaluate(() => window.steps ?? []);
  return steps.map(({ at, what }) => ({ at, what: `${name} ${what}` }));
}

/** One call between two fresh pages at `url`, each in a browser context of its own. */
export async function run(browser: Browser, url: string, port: number): Promise<Run> {
  const room = crypto.randomUUID();
  const [me, other] = [crypto.randomUUID(), crypto.randomUUID()];
  try {
    const common = { host: "127.0.0.1", port, room, rtc: { iceServers: [] }, media: MEDIA };
    const callee = await open(browser, url, { ...common, me: other, other: me });
    const caller = await open(browser, url, { ...common, me, other });
    return await within(20, `a call at ${url}`, call(caller, callee));
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
}
