import { startCall } from "../lib/call.js";
import { names, other, test } from "../lib/firefox.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import { expectAccepted, expectDeclined, expectUntouched, startRinging } from "../lib/ringing.js";
import { expectCameraOffAndOn, expectMuteAndUnmute } from "../lib/sources.js";
import { expect } from "../lib/test.js";

for (const name of names) {
  test(`P4: ${name} mutes and speaks, and switches its camera off and on, and ${other(name)} is told`, async ({
    openBoth,
  }) => {
    const peers = await openBoth("Chromium");
    await startCall(peers.Firefox, peers.Chromium);
    await expectMuteAndUnmute(peers[name], peers[other(name)]);
    await expectCameraOffAndOn(peers[name], peers[other(name)]);
  });

  test(`N1, N2: a call that rings in ${name} touches nothing, is declined, and is accepted the next time`, async ({
    browsers,
    openPeer,
    server,
  }) => {
    const callee = await openPeer({ peerId: name, ring: true }, { browser: browsers[name] });
    const caller = await openPeer({ peerId: other(name) }, { browser: browsers[other(name)] });
    await expectDeclined(await startRinging(caller, callee));

    const again = await startRinging(caller, callee);
    await expectUntouched(callee, server);
    await expectAccepted(again);
  });
}

test("Firefox switches to a camera that it has, and stays with it when there is no such other", async ({
  openBoth,
}) => {
  const { Firefox, Chromium } = await openBoth("Firefox");
  await startCall(Firefox, Chromium);
  const switchTo = (id: string) =>
    Firefox.page.evaluate((id) => lab.answer(cignal.camera.switchDevice(id)), id);
  // The fake one is the only one.
  const camera = await Firefox.page.evaluate(
    () => cignal.camera.track?.getSettings().deviceId ?? "",
  );

  expect(await switchTo(camera)).toEqual({ success: true });
  expect(await Firefox.capturedTracks()).toEqual(["live", "ended", "live"]);
  await expectFrames(Chromium.page);

  expect(await switchTo("none")).toMatchObject({
    success: false,
    error: { code: "device-not-found", device: "camera" },
  });
  await expectFrames(Chromium.page);
  expect(await Firefox.state()).toMatchObject({ microphone: "live", camera: "live" });
});

test("DEFECTS 12: denied devices are told in Firefox, and the call goes on receive-only", async ({
  denyingFirefox,
  openPeer,
}) => {
  const first = await openPeer();
  const second = await openPeer({}, { browser: denyingFirefox });
  await second.sees(1);
  expect(await second.call()).toEqual({ success: true });
  await expectFrames(second.page);
  await expectAudio(second.page);
  expect(await second.clientErrors()).toMatchObject([
    {
      code: "permission-denied",
      device: "microphone and camera",
      message: expect.stringContaining("Allow it in the browser's address bar"),
      retryable: true,
    },
  ]);
  expect(await first.events("remoteStream")).toEqual([]);
});

test("A computer without devices is told so in Firefox, and receives", async ({
  firefoxWithoutDevices,
  openPeer,
}) => {
  const first = await openPeer();
  const second = await openPeer({}, { browser: firefoxWithoutDevices });
  await second.sees(1);
  expect(await second.call()).toEqual({ success: true });
  await expectFrames(second.page);
  await expectAudio(second.page);
  expect(await second.clientErrors()).toMatchObject([
    {
      code: "device-not-found",
      device: "microphone and camera",
      message: "No microphone or camera was found. Connect one, then try again.",
      retryable: true,
    },
  ]);
  expect(await second.state()).toMatchObject({ microphone: "blocked", camera: "blocked" });
  expect(await first.events("remoteStream")).toEqual([]);
});
