import type { QualityEvents, QualityOptions, QualityWatch } from "cignal-client/quality";
import { addParts } from "./part.js";
import type { Peer } from "./peer.js";

/** An event of the watch, as JSON. */
export interface Told {
  name: keyof QualityEvents;
  args: unknown[];
}

declare global {
  var quality: QualityWatch;
  var toldOfQuality: Told[];
}

/** Watches the calls of a page from now on; what is told is recorded. A watch before it is closed. */
export async function watchQuality(peer: Peer, options: QualityOptions = {}): Promise<void> {
  await addParts(peer);
  await peer.page.evaluate((options) => {
    globalThis.quality?.close();
    globalThis.quality = parts.watchQuality(cignal, options);
    const all: Told[] = [];
    globalThis.toldOfQuality = all;
    const names = [
      "graded",
      "freeze",
      "freezeEnded",
      "cpuLimited",
      "cpuFree",
      "networkChanged",
      "firstMedia",
      "report",
    ] as const;
    for (const name of names) {
      globalThis.quality.on(name, (...args: unknown[]) => {
        all.push({ name, args: JSON.parse(JSON.stringify(args)) });
      });
    }
  }, options);
}

/** What was told so far of these, in order. */
export async function told({ page }: Peer, ...names: (keyof QualityEvents)[]): Promise<Told[]> {
  const all = await page.evaluate(() => globalThis.toldOfQuality);
  return all.filter(({ name }) => names.includes(name));
}

export const reportOf = ({ page }: Peer) => page.evaluate(() => globalThis.quality.report());
