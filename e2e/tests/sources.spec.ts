import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expectCameraOffAndOn, expectMuteAndUnmute } from "../lib/sources.js";
import { expect, test } from "../lib/test.js";

test("P4: a muted microphone sends silence and keeps the device, and the other side is told", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await expectMuteAndUnmute(first, second);
});

test("P4: a camera that is switched off is released, and back without a negotiation", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await expectCameraOffAndOn(first, second);
});

test("Who enters without devices may switch them on in the call, and be seen", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints: { audio: false, video: false } });
  expect(await first.call()).toEqual({ success: true });
  expect(await second.events("remoteStream")).toEqual([]);

  const answers = first.page.evaluate(() =>
    Promise.all([cignal.microphone.start(), cignal.camera.start()].map(lab.answer)),
  );
  expect(await answers).toEqual([{ success: true }, { success: true }]);
  await expectFrames(second.page);
  await expectAudio(second.page);
  expect(await first.events("localStream")).toHaveLength(1);
  expect(await second.capturedTracks()).toEqual([]);
});

test("A track of the page's own takes the place of the camera, and stays the page's", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await first.page.evaluate(async () => {
    globalThis.own = lab.drawing({ width: 160, height: 120 });
    await cignal.camera.use(globalThis.own);
  });

  await expect.poll(() => sizeOf(second)).toEqual([160, 120]);
  await expectFrames(second.page);
  expect(await first.capturedTracks()).toEqual(["live", "ended"]);
  await first.page.evaluate(() => cignal.camera.stop());
  expect(await first.page.evaluate(() => globalThis.own.readyState)).toBe("live");
});

test("Another camera takes the place of the one before, in the call", async ({
  launch,
  openPeer,
}) => {
  const browser = await launch((flags) =>
    flags.map((flag) =>
      flag.startsWith("--use-fake-device-for-media-stream") ? `${flag},device-count=3` : flag,
    ),
  );
  const first = await openPeer({ peerId: "first" }, { browser });
  const second = await openPeer({ peerId: "second" }, { browser });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  await expectFrames(second.page);

  const [before, other] = await first.page.evaluate(async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === "videoinput");
    const before = cignal.camera.track?.getSettings().deviceId;
    return [before, cameras.findLast(({ deviceId }) => deviceId !== before)?.deviceId ?? ""];
  });
  const answer = first.page.evaluate((id) => lab.answer(cignal.camera.switchDevice(id)), other);
  expect(await answer).toEqual({ success: true });
  expect(await sentDevice(first)).toBe(other);
  expect(other).not.toBe(before);
  await expectFrames(second.page);
  expect(await first.capturedTracks()).toEqual(["live", "ended", "live"]);

  const failed = first.page.evaluate(() => lab.answer(cignal.camera.switchDevice("none")));
  expect(await failed).toMatchObject({ success: false, error: { device: "camera" } });
  expect(await sentDevice(first)).toBe(other);
  await expectFrames(second.page);
});

test("A camera that ends by itself, as one that was reset, is told as ended and starts again", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await first.page.evaluate(() => {
    const { track } = cignal.camera;
    track?.stop();
    // Chromium tells of a device that was pulled out by this event; headless, nobody can pull one out.
    track?.dispatchEvent(new Event("ended"));
  });
  await expect.poll(async () => (await first.state()).camera).toBe("live");
  const changes = await first.events("localMediaChanged");
  expect(changes.slice(-3).map(([, state]) => state)).toEqual(["ended", "starting", "live"]);
  await expectFrames(second.page);
  expect(await first.clientErrors()).toEqual([]);
});

declare global {
  var own: MediaStreamTrack;
}

/** The camera whose pictures are sent. */
function sentDevice({ page }: Peer): Promise<string | undefined> {
  return page.evaluate(() => {
    const sender = cignal.pc?.getSenders().find(({ track }) => track?.kind === "video");
    return sender?.track?.getSettings().deviceId;
  });
}

/** The size of the pictures that are received. */
function sizeOf({ page }: Peer): Promise<unknown[]> {
  return page.evaluate(async () => {
    const stats = [...((await cignal.pc?.getStats())?.values() ?? [])];
    const { frameWidth, frameHeight } = stats.find(
      ({ type, kind }) => type === "inbound-rtp" && kind === "video",
    );
    return [frameWidth, frameHeight];
  });
}
