import { randomUUID } from "node:crypto";
import type { Browser } from "@playwright/test";
import { pageScript } from "../lib/page-script.js";
import { addParts } from "../lib/part.js";
import { Peer } from "../lib/peer.js";
import { expect, test } from "./lib/test.js";

test.slow();

/** Of all sound that is played, how much may be made up for what did not arrive. */
const CONCEALED = 0.01;

/** Long enough for one try of more than the uplink bears, which costs each listener some 50 ms of sound. */
const SECONDS = 30;

/** What a page has heard, in samples, and seen of the first peer. */
const received = ({ page }: Peer) =>
  page.evaluate(async () => {
    const sum = { samples: 0, concealed: 0, frames: 0, bytes: 0 };
    for (const pc of lab.connections) {
      for (const stats of (await pc.getStats()).values()) {
        if (stats.type !== "inbound-rtp") continue;
        sum.frames += stats.framesDecoded ?? 0;
        if (stats.kind === "video") sum.bytes += stats.bytesReceived ?? 0;
        if (stats.kind !== "audio" || !stats.totalAudioEnergy) continue;
        sum.samples += stats.totalSamplesReceived ?? 0;
        sum.concealed += stats.concealedSamples ?? 0;
      }
    }
    return sum;
  });

test("byUplink: six people on an uplink of 1.5 Mbit/s hear each other without gaps, and see each other alike @alone", async ({
  net,
  browsers,
}) => {
  const roomId = randomUUID();
  const open = async (
    browser: Browser,
    peerId: string,
    mediaConstraints: MediaStreamConstraints,
  ) => {
    const context = await browser.newContext();
    await context.addInitScript(pageScript);
    const peer = new Peer(await context.newPage());
    await peer.page.goto(net.url);
    expect(await peer.enter({ roomId, peerId, mediaConstraints })).toEqual({ success: true });
    return peer;
  };
  const [home, elsewhere] = browsers;
  for (const each of net.homes) await each.setNat("open");
  const others: Peer[] = [];
  // They would call one another, too; all that matters here is what comes from the first.
  for (const peerId of ["b", "c", "d", "e", "f"]) {
    others.push(await open(elsewhere, peerId, { audio: false, video: false }));
  }
  const video = { width: 640, height: 480, frameRate: 20 };
  const first = await open(home, "a", { audio: true, video });
  try {
    await net.homes[0].setRate(1_500);
    await addParts(first);
    await first.page.evaluate(() => {
      const { adaptMedia, byUplink } = parts;
      Reflect.set(globalThis, "adapting", adaptMedia(cignal, { policy: byUplink() }));
    });
    await first.sees(5);
    expect(await first.call()).toEqual({ success: true });
    const planned = () =>
      first.page.evaluate(() => {
        const { peers } = Reflect.get(globalThis, "adapting").plan ?? {};
        return Object.values(peers as Record<string, { video?: { maxBitrate?: number } }>).map(
          ({ video }) => video?.maxBitrate,
        );
      });
    await expect.poll(planned, { timeout: 20_000 }).toEqual(Array(5).fill(expect.any(Number)));

    const before = await Promise.all(others.map(received));
    for (const [index, peer] of others.entries()) {
      const samples = before[index]?.samples ?? 0;
      await expect
        .poll(async () => (await received(peer)).samples, { timeout: 60_000 })
        .toBeGreaterThan(samples + SECONDS * 48_000);
    }
    const after = await Promise.all(others.map(received));
    const concealed = after.map((now, index) => {
      const { samples = 0, concealed = 0 } = before[index] ?? {};
      return (now.concealed - concealed) / (now.samples - samples);
    });
    for (const part of concealed) expect(part).toBeLessThanOrEqual(CONCEALED);
    // Left to themselves, some of the connections take three times as much as others.
    const bytes = after.map((now, index) => now.bytes - (before[index]?.bytes ?? 0));
    expect(Math.min(...bytes)).toBeGreaterThan(Math.max(...bytes) / 2);
    for (const [index, now] of after.entries()) {
      expect(now.frames).toBeGreaterThan((before[index]?.frames ?? 0) + 5 * SECONDS);
    }
  } finally {
    for (const { page } of [first, ...others]) await page.context().close();
    await net.homes[0].setRate(undefined);
  }
});
