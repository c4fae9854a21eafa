import { interruptionsOf, watchForInterruptions } from "../lib/interruptions.js";
import { expectFrames } from "../lib/media.js";
import { displayed, expectPictures, screensOf, share } from "../lib/screen.js";
import { expect, test } from "../lib/test.js";

test("P7: a screen is shared beside the camera, and again without another negotiation", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  expect(await share(first)).toEqual({ success: true });
  await expectPictures(second, "camera", "screen");
  await expectFrames(first.page);
  expect(await second.events("screenStream")).toEqual([
    [expect.any(String), { peer: expect.objectContaining({ id: "first" }) }],
  ]);
  expect((await first.state()).screen).toBe("live");
  expect((await second.state()).peers).toMatchObject([{ screen: "on", camera: "on" }]);
  expect(await first.page.evaluate(() => cignal.screen.track?.contentHint)).toBe("detail");

  await watchForInterruptions(first);
  await first.page.evaluate(() => cignal.screen.stop());
  await expect.poll(() => screensOf(second)).toEqual(["stream", null]);
  expect(await displayed(first)).not.toContain("live");
  await expectPictures(second, "camera");

  expect(await share(first)).toEqual({ success: true });
  await expectPictures(second, "camera", "screen");
  expect(await interruptionsOf(first)).toEqual([]);
  expect(await screensOf(second)).toEqual(["stream", null, "stream"]);
});

test("What is shared before the call is seen when it begins", async ({ openPair }) => {
  const [first, second] = await openPair();
  await share(first);
  expect(await second.events("screenStream")).toEqual([]);
  expect(await second.call()).toEqual({ success: true });
  await expectPictures(second, "camera", "screen");
});

test("A screen that is shared stays so through a lost connection and a reload of who looks", async ({
  openCall,
  roomId,
}) => {
  const [first, second] = await openCall();
  await share(first);
  await expectPictures(second, "camera", "screen");

  await first.page.evaluate(() => cignal.simulate("ice-failure"));
  await expect.poll(() => second.events("reconnected")).toHaveLength(1);
  await expectPictures(second, "camera", "screen");
  expect(await screensOf(second)).toEqual(["stream"]);

  await second.page.reload();
  expect(await second.enter({ roomId, peerId: "second" })).toEqual({ success: true });
  await expectPictures(second, "camera", "screen");
});

test("A screen is shared no longer when the call is over, so that the next one does not see it", async ({
  openCall,
  openPeer,
}) => {
  const [first, second] = await openCall();
  await share(first);
  await expectPictures(second, "camera", "screen");
  await second.leave();
  await expect.poll(() => displayed(first)).not.toContain("live");
  const next = await openPeer({ peerId: "third" });
  await next.sees(1);
  expect(await next.call()).toEqual({ success: true });
  await expectPictures(next, "camera");
  expect(await screensOf(next)).toEqual([]);
});

test("Both may have shared: each sees the other's", async ({ openCall }) => {
  const [first, second] = await openCall({ manyScreens: true });
  expect(await Promise.all([share(first), share(second)])).toEqual([
    { success: true },
    { success: true },
  ]);
  for (const peer of [first, second]) await expectPictures(peer, "camera", "screen");
});

test("P8: one shares at a time: the second one is told who does, and is not asked what to share", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await share(first);
  await expect.poll(() => screensOf(second)).toEqual(["stream"]);

  const refusal = {
    code: "screen-busy",
    device: "screen",
    retryable: true,
    message: expect.stringContaining("Peer is sharing a screen already"),
  };
  expect(await share(second)).toMatchObject({ success: false, error: refusal });
  expect(await second.events("clientError")).toMatchObject([[{ error: refusal }]]);
  expect(await displayed(second)).toEqual([]);
  expect((await second.state()).screen).toBe("blocked");

  await first.page.evaluate(() => cignal.screen.stop());
  await expect.poll(() => screensOf(second)).toEqual(["stream", null]);
  expect(await share(second)).toEqual({ success: true });
  await expectPictures(first, "camera", "screen");
});

test("P8: of two who have begun without knowing of each other, the one with the lower id gives way", async ({
  openPair,
}) => {
  const [first, second] = await openPair();
  for (const peer of [first, second]) expect(await share(peer)).toEqual({ success: true });
  expect(await second.call()).toEqual({ success: true });
  await expect.poll(() => displayed(first)).not.toContain("live");
  expect(await first.events("clientError")).toMatchObject([[{ error: { code: "screen-busy" } }]]);
  expect((await first.state()).screen).toBe("off");
  await expectPictures(first, "camera", "screen");
  await expectPictures(second, "camera");
  expect((await second.state()).screen).toBe("live");
});

test("A tab that is shared and then closed, as by the browser's own bar, ends the sharing", {
  tag: "@whole-browser",
}, async ({ launch, openPeer }) => {
  const browser = await launch((flags) => [
    ...flags.filter((flag) => !flag.startsWith("--use-fake")),
    "--auto-select-tab-capture-source-by-title=To be shared",
  ]);
  const none = { mediaConstraints: { audio: false, video: false } };
  const first = await openPeer({ peerId: "first", ...none }, { browser });
  const second = await openPeer({ peerId: "second", ...none }, { browser });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  const tab = await first.page.context().newPage();
  await tab.setContent(
    "<title>To be shared</title><style>@keyframes s { to { rotate: 1turn } }</style>" +
      '<h1 style="width: 200px; animation: s 2s infinite">Slides</h1>',
  );
  await first.page.bringToFront();

  expect(await share(first)).toEqual({ success: true });
  await expect.poll(() => screensOf(second)).toEqual(["stream"]);
  await expectFrames(second.page);
  await tab.close();
  await expect.poll(() => screensOf(second)).toEqual(["stream", null]);
  expect((await first.state()).screen).toBe("ended");
  expect(await displayed(first)).not.toContain("live");
  expect(await first.events("clientError")).toEqual([]);
});

test("Whoever is shown nothing to share, or declines, is told so, and the call goes on", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await first.page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = () =>
      Promise.reject(new DOMException("Permission denied by user", "NotAllowedError"));
  });
  expect(await share(first)).toMatchObject({
    success: false,
    error: { code: "permission-denied", device: "screen", retryable: true },
  });
  expect((await first.state()).screen).toBe("blocked");

  await first.page.evaluate(() => {
    Object.defineProperty(navigator.mediaDevices, "getDisplayMedia", { value: undefined });
  });
  expect(await share(first)).toMatchObject({ error: { code: "not-supported", device: "screen" } });
  await expectFrames(second.page);
  expect(await second.events("screenStream")).toEqual([]);
});

test("A picture and a sound of the page's own are shared as a screen is", async ({ openPair }) => {
  const [first, second] = await openPair({ mediaConstraints: { audio: false, video: false } });
  expect(await first.call()).toEqual({ success: true });
  await first.page.evaluate(async () => {
    const audio = new AudioContext();
    const tone = new OscillatorNode(audio);
    const sound = new MediaStreamAudioDestinationNode(audio);
    tone.connect(sound);
    tone.start();
    const [music] = sound.stream.getAudioTracks();
    await cignal.screen.use(lab.drawing({ width: 160, height: 90 }), music);
  });
  await expectPictures(second, "screen");
  const energy = () =>
    second.page.evaluate(async () => {
      const stats = [...((await cignal.pc?.getStats())?.values() ?? [])];
      return stats.filter(({ kind }) => kind === "audio").map((each) => each.totalAudioEnergy ?? 0);
    });
  await expect.poll(async () => Math.max(...(await energy()))).toBeGreaterThan(0.001);
});
