import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { within } from "../lib/within.js";
import { launch } from "../setup/browser.js";
import type { ContenderName } from "./contenders.js";
import type { Member, Video } from "./page.js";
import { processorTime } from "./processor.js";

/** Pictures of a size at which two cores hold so many people. */
const videoFor = (size: number) =>
  size > 4
    ? { width: 160, height: 120, frameRate: 15 }
    : { width: 320, height: 240, frameRate: 15 };

/** How often to look whether everybody sees everybody, in milliseconds. */
const LOOK_MS = 250;

/** Browsers begin with small pictures, and find out what the network bears. */
const SETTLE_MS = 8_000;

export interface Run {
  /** Of the whole browser, in percent of one core. */
  cpu: number;
  /** Decoded pictures a second of each of the videos that somebody receives. */
  frames: number;
  /** How large these are, in percent of what the camera gives: browsers on a busy machine send smaller ones. */
  size: number;
}

export interface Place {
  /** Where the pages are served. */
  pages: number;
  /** Where the contender's signalling server is. */
  port: number;
}

async function open(browser: Browser, name: ContenderName, pages: number, member: Member) {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", ({ message }) => console.error(`${name}: ${message}`));
  await page.goto(`http://127.0.0.1:${pages}/${name}`);
  await page.evaluate((it) => window.mesh.enter(it), member);
  return page;
}

const videosOf = (members: readonly Page[]) =>
  Promise.all(members.map((page) => page.evaluate(() => window.mesh.videos())));

async function everybodySees(members: readonly Page[]) {
  const others = members.length - 1;
  const isWhole = (videos: readonly Video[]) =>
    videos.filter(({ frames }) => frames > 0).length === others;
  while (!(await videosOf(members)).every(isWhole)) await setTimeout(LOOK_MS);
}

/** So many people in one room of a fresh browser, each in a context of their own, looked at for so long. */
export async function run(
  name: ContenderName,
  size: number,
  seconds: number,
  { pages, port }: Place,
): Promise<Run> {
  const browser = await launch();
  try {
    const room = crypto.randomUUID();
    const members: Page[] = [];
    const video = videoFor(size);
    for (let number = 0; number < size; number++) {
      const member = { port, room, me: crypto.randomUUID(), media: { audio: true, video } };
      members.push(await open(browser, name, pages, member));
    }
    await within(60, `${size} of ${name} to see each other`, everybodySees(members));
    await setTimeout(SETTLE_MS);
    const count = async () => {
      const at = performance.now() / 1_000;
      const cpu = await processorTime(browser);
      const videos = (await videosOf(members)).flat();
      const sum = (field: keyof Video) => videos.reduce((total, each) => total + each[field], 0);
      return { at, cpu, frames: sum("frames"), pixels: sum("pixels") };
    };
    const before = await count();
    await setTimeout(seconds * 1_000);
    const after = await count();
    const took = after.at - before.at;
    const videos = size * (size - 1);
    return {
      cpu: ((after.cpu - before.cpu) / took) * 100,
      frames: (after.frames - before.frames) / took / videos,
      size: (after.pixels / videos / (video.width * video.height)) * 100,
    };
  } finally {
    await browser.close();
  }
}
