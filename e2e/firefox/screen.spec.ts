import { startCall } from "../lib/call.js";
import { names, other, test } from "../lib/firefox.js";
import { expectPictures, screensOf } from "../lib/screen.js";
import { expect } from "../lib/test.js";

for (const name of names) {
  test(`P7: what ${name} shares is seen in ${other(name)} beside the camera, also the second time, and with limits`, async ({
    openBoth,
  }) => {
    const quality = { screen: { maxBitrate: 500_000 } };
    const peers = await openBoth("Chromium", { quality });
    const [sharer, viewer] = [peers[name], peers[other(name)]];
    await startCall(sharer, viewer);
    for (let time = 1; time <= 2; time++) {
      // Headless, Firefox has no screen to share.
      await sharer.page.evaluate(() => cignal.screen.use(lab.drawing({ width: 160, height: 90 })));
      await expectPictures(viewer, "camera", "screen");
      await expectPictures(sharer, "camera");
      await sharer.page.evaluate(() => cignal.screen.stop());
      await expect.poll(() => screensOf(viewer)).toHaveLength(2 * time);
      await expectPictures(viewer, "camera");
    }
    const limits = () =>
      sharer.page.evaluate(() =>
        cignal.pc?.getSenders().map((sender) => sender.getParameters().encodings[0]?.maxBitrate),
      );
    await expect.poll(limits).toContain(500_000);
  });
}

test("P7: Firefox and Chromium share at once, and each sees the other's", async ({ openBoth }) => {
  const { Firefox, Chromium } = await openBoth("Firefox", { manyScreens: true });
  await startCall(Firefox, Chromium);
  await Promise.all(
    [Firefox, Chromium].map(({ page }) =>
      page.evaluate(() => cignal.screen.use(lab.drawing({ width: 160, height: 90 }))),
    ),
  );
  for (const peer of [Firefox, Chromium]) await expectPictures(peer, "camera", "screen");
});
