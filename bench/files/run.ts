import type { Browser, Page } from "playwright-core";
import { within } from "../lib/within.js";
import { CLOCK_TOLERANCE } from "../setup/run.js";
import type { Side } from "./contender.js";
import { type Heap, watchHeap } from "./heap.js";
import type {} from "./page.js";

/** Nobody is this slow. */
const AT_MOST_S = 900;

export interface Run {
  mebibytesPerSecond: number;
  /** Processor time of all of the browser for each MiB, in milliseconds. */
  cpu: number;
  /** The sender's and the receiver's. */
  heaps: [Heap, Heap];
  /** From the one page to the other, of each line that was said while the file was on its way, in milliseconds. */
  latencies: number[];
}

export interface Plan {
  browser: Browser;
  url: string;
  /** Of the signalling server. */
  port: number;
  /** On the disk of this machine. */
  file: { path: string; size: number };
  /** The round-trip time that is added between the pages, in milliseconds. */
  delay: number;
}

const MIB = 1_048_576;

async function open({ browser, url, delay }: Plan, side: Side): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => console.error(`${url}: ${error.message}`));
  // Chromium holds what this page sends, and what it receives. It takes it up for connections that are made from now on.
  if (delay > 0 && side.isSender) {
    const session = await page.context().newCDPSession(page);
    const latency = { latency: delay / 2, downloadThroughput: -1, uploadThroughput: -1 };
    await session.send("Network.emulateNetworkConditions", { offline: false, ...latency });
  }
  await page.goto(url);
  await page.evaluate((it) => window.transfer.prepare(it), side);
  const error = await page.evaluate(() => window.transfer.clockError());
  if (error > CLOCK_TOLERANCE) throw new Error(`a page's clock is off by ${error} ms`);
  return page;
}

/** Processor time that the browser's processes have taken, in seconds. */
async function cpuOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

async function send({ browser, file }: Plan, sender: Page, receiver: Page): Promise<Run> {
  const { path, size } = file;
  await sender.setInputFiles("input", path);
  for (const page of [receiver, sender]) await page.evaluate(() => window.transfer.ready());
  const watches = await Promise.all([sender, receiver].map(watchHeap));
  const cpuBefore = await cpuOf(browser);
  const began = await sender.evaluate(() => window.transfer.send());
  const arrived = await receiver.evaluate(() => window.transfer.arrived);
  await sender.evaluate(() => window.transfer.stop());
  const cpu = (await cpuOf(browser)) - cpuBefore;
  const heaps = await Promise.all(watches.map((watch) => watch.end()));
  if (arrived.size !== size) throw new Error(`${arrived.size} bytes of ${size} have arrived`);
  return {
    mebibytesPerSecond: size / MIB / ((arrived.at - began) / 1000),
    cpu: (1000 * cpu) / (size / MIB),
    heaps: heaps as [Heap, Heap],
    latencies: await receiver.evaluate(() => window.transfer.latencies),
  };
}

/** Sends one file between two fresh pages, each in a browser context of its own. */
export async function run(plan: Plan): Promise<Run> {
  const { browser, url, port } = plan;
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  const common = { host: "127.0.0.1", port, room: crypto.randomUUID(), rtc: { iceServers: [] } };
  try {
    const receiver = { ...common, me: second, other: first, isSender: false };
    const sender = { ...common, me: first, other: second, isSender: true };
    const pages = [await open(plan, receiver), await open(plan, sender)] as const;
    return await within(AT_MOST_S, `a file at ${url}`, send(plan, pages[1], pages[0]));
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
}
