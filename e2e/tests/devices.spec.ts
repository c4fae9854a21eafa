import type { DeviceList } from "cignal-client";
import { plugIn, pull, sent, threeCameras } from "../lib/devices.js";
import { interruptionsOf, watchForInterruptions } from "../lib/interruptions.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const noPrompt = (flags: string[]) => flags.filter((flag) => !flag.startsWith("--use-fake-ui"));

test("Devices are listed without names before permission, and with them from the first capture on", {
  tag: "@whole-browser",
}, async ({ launch, openPage }) => {
  const peer = await openPage({ browser: await launch((flags) => threeCameras(noPrompt(flags))) });
  expect(await listed(peer)).toEqual({
    microphones: [{ deviceId: "", label: "Microphone 1" }],
    cameras: [{ deviceId: "", label: "Camera 1" }],
    speakers: [{ deviceId: "", label: "Speaker 1" }],
  });

  await peer.page.context().grantPermissions(["camera", "microphone"]);
  expect(await peer.enter({})).toEqual({ success: true });
  await expect.poll(() => peer.events("devicesChanged")).toHaveLength(1);
  const [[devices] = []] = await peer.events("devicesChanged");
  expect(devices).toEqual(await listed(peer));
  expect((devices as DeviceList).cameras.map(({ label }) => label)).toEqual([
    "fake_device_0",
    "fake_device_1",
    "fake_device_2",
  ]);
  expect((devices as DeviceList).speakers.length).toBeGreaterThan(1);
});

test("A page on plain http lists nothing, and nothing is thrown", async ({ launch, openPage }) => {
  const browser = await launch((flags) => [
    ...flags,
    "--host-resolver-rules=MAP plain.test 127.0.0.1",
  ]);
  const peer = await openPage({ browser });
  const url = new URL(peer.page.url());
  url.hostname = "plain.test";
  await peer.page.goto(url.href);
  expect(await listed(peer)).toEqual({ microphones: [], cameras: [], speakers: [] });
});

test("A camera that was chosen is asked for again after a reload and in another room", {
  tag: "@whole-browser",
}, async ({ launch, openPeer }) => {
  const browser = await launch(threeCameras);
  const first = await openPeer({ peerId: "first" }, { browser });
  const second = await openPeer({ peerId: "second" }, { browser });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  const [standard, , chosen] = (await listed(first)).cameras.map(({ deviceId }) => deviceId);
  expect(await sent(first, "video")).toMatchObject({ deviceId: standard });

  await switchCamera(first, chosen);
  expect(await sent(first, "video")).toMatchObject({ deviceId: chosen, readyState: "live" });
  await expectFrames(second.page);

  await first.page.reload();
  expect(await first.enter({ roomId: "another" })).toEqual({ success: true });
  await expect.poll(() => cameraOf(first)).toBe(chosen);

  await first.page.reload();
  expect(await first.enter({ roomId: "a third", rememberDevices: false })).toEqual({
    success: true,
  });
  await expect.poll(() => cameraOf(first)).toBe(standard);
});

test("A chosen camera that is not there any more keeps nobody from calling", {
  tag: "@whole-browser",
}, async ({ launch, openPeer }) => {
  const peer = await openPeer({}, { browser: await launch(threeCameras) });
  await expect.poll(() => cameraOf(peer)).toEqual(expect.any(String));
  const standard = await cameraOf(peer);
  await peer.page.evaluate(() => {
    localStorage.setItem("cignal devices", JSON.stringify({ camera: "gone for good" }));
  });
  await peer.page.reload();
  expect(await peer.enter({})).toEqual({ success: true });
  await expect.poll(() => cameraOf(peer)).toBe(standard);
  expect(await peer.clientErrors()).toEqual([]);
});

test("A camera and a microphone that are pulled out are replaced in the call, without a negotiation", {
  tag: "@whole-browser",
}, async ({ launch, openPeer }) => {
  const browser = await launch(threeCameras);
  const first = await openPeer({ peerId: "first" }, { browser });
  const second = await openPeer({ peerId: "second" }, { browser });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  await expectFrames(second.page);
  for (const peer of [first, second]) {
    await peer.forgetClosed();
    await watchForInterruptions(peer);
  }
  const { microphones, cameras } = await listed(first);
  const [standard, depth, chosen] = cameras.map(({ deviceId }) => deviceId);
  const [microphone] = microphones.map(({ deviceId }) => deviceId);
  await switchCamera(first, chosen);
  await first.page.evaluate(() => cignal.microphone.mute());

  await pull(first, chosen ?? "", depth ?? "", microphone ?? "");
  await expect
    .poll(() => sent(first, "video"))
    .toEqual({ deviceId: standard, readyState: "live", enabled: true });
  await expect
    .poll(() => sent(first, "audio"))
    .toMatchObject({ readyState: "live", enabled: false });
  expect((await sent(first, "audio"))?.deviceId).not.toBe(microphone);
  await expectFrames(first.page, second.page);
  expect((await statesOf(first, "camera")).slice(-3)).toEqual(["ended", "starting", "live"]);
  expect((await statesOf(first, "microphone")).slice(-3)).toEqual(["ended", "starting", "muted"]);
  await first.page.evaluate(() => cignal.microphone.unmute());
  await expectAudio(second.page);

  for (const peer of [first, second]) expect(await interruptionsOf(peer)).toEqual([]);
  expect(await first.clientErrors()).toEqual([]);
  expect(await second.events("remoteStream")).toHaveLength(1);
  // What was chosen is asked for again by the next page, for it may be there again.
  await first.page.reload();
  expect(await first.enter({})).toEqual({ success: true });
  await expect.poll(() => cameraOf(first)).toBe(chosen);
});

test("Without another camera the call goes on, and the next one that is plugged in is seen at once", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  for (const peer of [first, second]) await watchForInterruptions(peer);
  const cameras = (await listed(first)).cameras.map(({ deviceId }) => deviceId);
  await expect.poll(() => first.events("devicesChanged")).toHaveLength(1);

  await pull(first, ...cameras);
  await expect
    .poll(() => first.clientErrors())
    .toMatchObject([{ code: "device-not-found", device: "camera", retryable: true }]);
  expect((await first.state()).camera).toBe("ended");
  expect(await sent(first, "video")).toBeUndefined();
  await expect.poll(() => cameraSeenBy(second)).toBe("off");
  await expectAudio(second.page);
  await expect.poll(() => first.events("devicesChanged")).toHaveLength(2);
  expect((await first.events("devicesChanged")).at(-1)).toMatchObject([{ cameras: [] }]);

  await plugIn(first, cameras[0] ?? "");
  await expect.poll(() => sent(first, "video")).toMatchObject({ readyState: "live" });
  await expect.poll(() => cameraSeenBy(second)).toBe("on");
  await expectFrames(second.page);
  expect(await first.clientErrors()).toHaveLength(1);
  expect(await first.events("devicesChanged")).toHaveLength(3);
  for (const peer of [first, second]) expect(await interruptionsOf(peer)).toEqual([]);
});

test("Permission that is taken back in the call is told once, and the call goes on", {
  tag: "@whole-browser",
}, async ({ launch, openPage, openPeer, roomId }) => {
  const first = await openPage({ browser: await launch(noPrompt) });
  await first.page.context().grantPermissions(["camera", "microphone"]);
  expect(await first.enter({ peerId: "first", roomId })).toEqual({ success: true });
  const second = await openPeer({ peerId: "second" });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  await expectFrames(first.page, second.page);

  await first.page.context().clearPermissions();
  await expect
    .poll(() => first.state())
    .toMatchObject({ microphone: "blocked", camera: "blocked", inCall: true });
  expect(await first.clientErrors()).toMatchObject([
    { code: "permission-denied", device: "microphone and camera" },
  ]);
  await expectFrames(first.page);
  await expect.poll(() => cameraSeenBy(second)).toBe("off");

  await first.page.context().grantPermissions(["camera", "microphone"]);
  await first.page.evaluate(() => Promise.all([cignal.microphone.start(), cignal.camera.start()]));
  await expectFrames(second.page);
  await expectAudio(second.page);
});

test("A phone call that takes the devices is told on both sides, and so is its end", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  const interrupt = (muted: boolean) =>
    first.page.evaluate((muted) => {
      for (const track of cignal.localMedia?.getTracks() ?? []) {
        // Only a system can; the page sees it so.
        Object.defineProperty(track, "muted", { value: muted, configurable: true });
        track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
      }
    }, muted);
  const media = async () => (await second.state()).peers[0];

  await interrupt(true);
  expect(await first.state()).toMatchObject({ microphone: "interrupted", camera: "interrupted" });
  await expect.poll(media).toMatchObject({ microphone: "interrupted", camera: "interrupted" });
  await interrupt(false);
  await expect.poll(media).toMatchObject({ microphone: "on", camera: "on" });
  for (const source of ["microphone", "camera"] as const) {
    expect((await statesOf(first, source)).slice(-3)).toEqual(["live", "interrupted", "live"]);
  }
  await expectFrames(second.page);
});

/** What the page can choose from, by the library's word. */
function listed({ page }: Peer): Promise<DeviceList> {
  return page.evaluate(() => Cignal.listDevices());
}

async function switchCamera({ page }: Peer, deviceId = ""): Promise<void> {
  const answer = page.evaluate((id) => lab.answer(cignal.camera.switchDevice(id)), deviceId);
  expect(await answer).toEqual({ success: true });
}

/** The camera that is captured. */
function cameraOf({ page }: Peer): Promise<string | undefined> {
  return page.evaluate(() => cignal.localMedia?.getVideoTracks()[0]?.getSettings().deviceId);
}

/** Each state that a source has had. */
async function statesOf(peer: Peer, source: "microphone" | "camera"): Promise<unknown[]> {
  const events = await peer.events("localMediaChanged");
  return events.filter(([name]) => name === source).map(([, state]) => state);
}

/** The other side's camera, as this side is told. */
async function cameraSeenBy(peer: Peer): Promise<string | undefined> {
  return (await peer.state()).peers[0]?.camera;
}
