import { setTimeout } from "node:timers/promises";
import { markMedia, mediaGap } from "e2e/network/media-gap";
import type { Page } from "playwright-core";
import { within } from "../lib/within.js";
import { open } from "../setup/run.js";
import { LIBRARIES, type LibraryName } from "./libraries.js";
import { iceServers, type Stand } from "./stand.js";

/** Who has not recovered this long after the fault never does. */
export const NEVER_MS = 30_000;

/** A gap is over when it has not grown for this long, and pictures come. */
const QUIET_MS = 3_000;
const LOOK_MS = 1_000;

/** Small, as all libraries call at the same time. */
const MEDIA = { audio: true, video: { width: 320, height: 240, frameRate: 30 } };

export type Pair = [caller: Page, callee: Page];

/** A call of this library between the two homes, which runs when it resolves. */
export async function call(
  { lab, browsers }: Stand,
  library: LibraryName,
  relayed: boolean,
): Promise<Pair> {
  const { contender, port } = LIBRARIES[library];
  const url = `${lab.url}/${contender}`;
  const rtc: RTCConfiguration = {
    iceServers: iceServers(lab),
    iceTransportPolicy: relayed ? "relay" : "all",
  };
  const common = { host: new URL(lab.url).hostname, port, room: crypto.randomUUID(), rtc };
  const ids = [crypto.randomUUID(), crypto.randomUUID()] as const;
  const pages: Page[] = [];
  for (const side of [1, 0] as const) {
    const [me, other] = side === 0 ? ids : [ids[1], ids[0]];
    const browser = browsers[side];
    if (!browser) throw new Error("no browser");
    pages.unshift(await open(browser, url, { ...common, me, other, media: MEDIA }));
  }
  const pair = pages as Pair;
  await within(
    20,
    `a call at ${url}`,
    (async () => {
      for (const page of pair) await page.evaluate(() => window.bench.ready());
      await pair[0].evaluate(() => window.bench.call());
      for (const page of pair) await page.evaluate(() => window.bench.firstFrame);
    })(),
  );
  return pair;
}

export const mark = (pair: Pair) => Promise.all(pair.map(markMedia));

/** The longest time without a picture on either side since the mark. */
async function longest(pair: Pair): Promise<number> {
  const gaps = await Promise.all(pair.map(mediaGap));
  return Math.max(...gaps.map(({ framesMs }) => framesMs));
}

/** Waits until pictures come again; the gap since the mark, or `undefined` if there are none by the deadline. */
export async function recovery(pair: Pair, deadline: number): Promise<number | undefined> {
  let gap = await longest(pair);
  while (performance.now() < deadline) {
    await setTimeout(QUIET_MS);
    const now = await longest(pair);
    if (now === gap) {
      // A silence that is shorter than the longest one may be on still.
      await mark(pair);
      await setTimeout(LOOK_MS);
      if ((await longest(pair)) < LOOK_MS) return gap;
    }
    gap = Math.max(gap, now);
  }
  return undefined;
}
