import { expectAudio, expectFrames } from "../lib/media.js";
import { expectUndisturbed, pages } from "./lib/recovery.js";
import { expect, test } from "./lib/test.js";

const mediaConstraints = { audio: true, video: { width: 640, height: 480, frameRate: 20 } };

test.slow();

test("10 % loss on a link is repaired @alone", async ({ net, openCall }) => {
  const pair = await openCall(["open", "open"], { mediaConstraints });

  const before = await Promise.all(pages(pair).map((page) => page.evaluate(sending)));

  await net.homes[0].setLoss(0.1);

  for (const [index, { page }] of pair.entries()) {
    await expect
      .poll(async () => (await page.evaluate(sending)).nackCount)
      .toBeGreaterThan(before[index]?.nackCount);
  }
  await expectFrames(...pages(pair));
  await expectAudio(...pages(pair));
  await expectUndisturbed(pair);
});

test("300 kbit/s on a link are used for smaller pictures @alone", async ({ net, openCall }) => {
  const pair = await openCall(["open", "open"], { mediaConstraints });
  for (const { page } of pair) {
    // Chromium's fake camera is so calm that 300 kbit/s may be enough for it.
    await page.evaluate(() => cignal.camera.use(lab.drawing({ width: 640, height: 480 })));
  }
  // A call begins with less than the link can carry.
  for (const { page } of pair) {
    await expect
      .poll(async () => (await page.evaluate(sending)).limitedBy, { timeout: 30_000 })
      .not.toBe("bandwidth");
  }

  await net.homes[0].setRate(300);

  for (const { page } of pair) {
    await expect
      .poll(() => page.evaluate(sending), { timeout: 60_000 })
      .toMatchObject({ limitedBy: "bandwidth", smaller: true });
  }
  await expectFrames(...pages(pair));
  await expectAudio(...pages(pair));
  await expectUndisturbed(pair);
});

test("400 kbit/s on a link are enough for sound, a shared screen and the camera @alone", async ({
  net,
  openCall,
}) => {
  const pair = await openCall(["open", "open"], { mediaConstraints });
  const [sharer, viewer] = pair;
  await net.homes[0].setRate(400);
  await sharer.page.evaluate(async () => {
    // Headless, a browser in a namespace has no screen; this one is as restless as a film.
    await cignal.screen.use(lab.drawing({ width: 1280, height: 720 }));
  });
  await expect.poll(() => viewer.events("screenStream")).toHaveLength(1);

  const decoded = () =>
    viewer.page.evaluate(async () => {
      const stats = [...((await cignal.pc?.getStats()) ?? new Map()).values()];
      const pictures = stats.filter(({ type, kind }) => type === "inbound-rtp" && kind === "video");
      return pictures.map(({ framesDecoded }) => Number(framesDecoded ?? 0));
    });
  await expect.poll(async () => (await decoded()).filter((frames) => frames > 0)).toHaveLength(2);
  const before = await decoded();
  await expect
    .poll(
      async () => (await decoded()).every((frames, index) => frames > (before[index] ?? 0) + 10),
      {
        timeout: 60_000,
      },
    )
    .toBe(true);
  await expectAudio(viewer.page);
  await expectUndisturbed(pair);
});

test("200 ms of delay each way change nothing but the time @alone", async ({ net, openCall }) => {
  const [home] = net.homes;
  await home.makeDelayable();
  try {
    const pair = await openCall(["open", "open"], { mediaConstraints });

    home.setDelay(200);

    for (const { page } of pair) {
      await expect
        .poll(async () => (await page.evaluate(sending)).roundTripMs)
        .toBeGreaterThanOrEqual(400);
    }
    await expectFrames(...pages(pair));
    await expectAudio(...pages(pair));
    await expectUndisturbed(pair);
  } finally {
    await home.endDelay();
  }
});

/** How sending pictures goes; runs in the page. */
async function sending() {
  const stats = [...((await cignal.pc?.getStats()) ?? new Map()).values()];
  const video = stats.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
  const transport = stats.find(({ type }) => type === "transport");
  const pair = stats.find(({ id }) => id === transport?.selectedCandidatePairId);
  return {
    nackCount: video?.nackCount,
    limitedBy: video?.qualityLimitationReason,
    smaller: video?.frameHeight < 480,
    roundTripMs: pair?.currentRoundTripTime * 1000,
  };
}
