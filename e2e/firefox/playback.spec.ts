import { startCall } from "../lib/call.js";
import { test } from "../lib/firefox.js";
import { attach, element, expectPictures, setSpeaker, sourceOf } from "../lib/playback.js";
import { expect } from "../lib/test.js";

test("Firefox shows in an attached element what Chromium sends, after a pause of the camera too", async ({
  browser,
  firefox,
  openPeer,
}) => {
  const watcher = await openPeer({ peerId: "watcher" }, { browser: firefox });
  const sender = await openPeer({ peerId: "sender" }, { browser });
  await watcher.sees(1);
  await attach(watcher, "video");
  await attach(watcher, "own", "watcher");
  await startCall(watcher, sender);
  for (const name of ["video", "own"]) await expectPictures(watcher, name);
  expect(await element(watcher, "own")).toMatchObject({ paused: false, muted: true });

  await sender.page.evaluate(() => {
    cignal.camera.stop();
    cignal.microphone.stop();
  });
  await expect
    .poll(async () => (await watcher.state()).peers)
    .toMatchObject([{ camera: "off", microphone: "off" }]);
  await sender.page.evaluate(() => cignal.camera.start());
  await expectPictures(watcher, "video");

  expect(await setSpeaker(watcher, "unknown")).toMatchObject({
    error: { code: "device-not-found", device: "speaker" },
  });
  await sender.leave();
  await expect.poll(() => sourceOf(watcher, "video")).toBeNull();
  await watcher.leave();
  expect(await sourceOf(watcher, "own")).toBeNull();
});
