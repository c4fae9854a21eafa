import { expect, type Page } from "@playwright/test";
import type { Traffic } from "./page-script.js";

/** More than could be left in a buffer. */
const NEW_FRAMES = 10;

export function traffic(page: Page): Promise<Traffic> {
  return page.evaluate(() => lab.traffic());
}

/** Waits until pictures of the other side have been decoded from now on. */
export async function expectFrames(...pages: Page[]): Promise<void> {
  await Promise.all(
    pages.map(async (page) => {
      const { framesDecoded } = await traffic(page);
      await expect
        .poll(async () => (await traffic(page)).framesDecoded, { message: "frames decoded" })
        .toBeGreaterThan(framesDecoded + NEW_FRAMES);
    }),
  );
}

/** Waits until sound of the other side, not mere packets, has come from now on. */
export async function expectAudio(...pages: Page[]): Promise<void> {
  await Promise.all(
    pages.map(async (page) => {
      const { audioBytesReceived, audioEnergy } = await traffic(page);
      const grown = async () => {
        const now = await traffic(page);
        return now.audioBytesReceived > audioBytesReceived && now.audioEnergy > audioEnergy;
      };
      await expect.poll(grown, { message: "audio received" }).toBe(true);
    }),
  );
}

/** Waits until what comes is silence: packets of sound arrive, and no energy with them. */
export async function expectSilence(page: Page): Promise<void> {
  // Longer than the pause between two sounds of Chromium's fake microphone.
  const SECONDS = 1.5;
  await expect(async () => {
    const before = await traffic(page);
    await expect
      .poll(async () => (await traffic(page)).audioSeconds, { message: "sound played" })
      .toBeGreaterThan(before.audioSeconds + SECONDS);
    const now = await traffic(page);
    expect(now.audioBytesReceived).toBeGreaterThan(before.audioBytesReceived);
    expect(now.audioEnergy - before.audioEnergy).toBeLessThan(1e-6);
  }).toPass({ timeout: 15_000 });
}

/** How many whole pictures a page has sent beyond those that the receiver's browser has asked for (RFC 4585). */
export function unaskedKeyFrames(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let count = 0;
    for (const pc of lab.connections) {
      for (const { type, kind, ...stats } of (await pc.getStats()).values()) {
        if (type === "outbound-rtp" && kind === "video") {
          count += stats.keyFramesEncoded - stats.pliCount - stats.firCount;
        }
      }
    }
    return count;
  });
}
