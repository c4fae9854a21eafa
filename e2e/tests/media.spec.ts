import { expectAudio, expectFrames } from "../lib/media.js";
import { expect, test } from "../lib/test.js";

const sentence = expect.stringMatching(/^\p{Lu}.+ .+ .+\.$/u);

test("The camera gives what mediaConstraints ask for, and that is what is sent", async ({
  openCall,
}) => {
  const mediaConstraints = { audio: true, video: { width: 320, height: 240 } };
  const [first, second] = await openCall({ mediaConstraints });
  for (const { page } of [first, second]) {
    const settings = await page.evaluate(() =>
      cignal.localMedia?.getVideoTracks()[0]?.getSettings(),
    );
    expect(settings).toMatchObject({ width: 320, height: 240 });
    const isSent = () =>
      cignal.pc
        ?.getSenders()
        .every(({ track }) => track && cignal.localMedia?.getTracks().includes(track));
    expect(await page.evaluate(isSent)).toBe(true);
  }
});

test("A constraint that no camera meets is told by its name, and the call goes on with sound", async ({
  openPeer,
}) => {
  const first = await openPeer();
  const second = await openPeer({
    mediaConstraints: { audio: true, video: { width: { exact: 99_999 } } },
  });
  await expect
    .poll(() => second.clientErrors())
    .toMatchObject([{ code: "constraints-not-met", device: "camera", message: sentence }]);
  const [error] = await second.clientErrors();
  expect(error?.message).toContain("width");

  await second.call();

  await expectFrames(second.page);
  await expectAudio(first.page, second.page);
  expect(await first.page.evaluate(remoteKinds)).toEqual([["audio"]]);
});

test("mediaConstraints that ask for nothing receive only, and no device is touched", async ({
  openPeer,
}) => {
  const first = await openPeer();
  const second = await openPeer({ mediaConstraints: { audio: false, video: false } });
  await second.call();
  await expectFrames(second.page);
  await expectAudio(second.page);
  expect(await second.capturedTracks()).toEqual([]);
  expect(await first.events("remoteStream")).toEqual([]);
  expect(await second.clientErrors()).toEqual([]);
});

test("DEFECTS 12: denied devices are told once, with what to do, and the call goes on receive-only", {
  tag: "@whole-browser",
}, async ({ launch, openPeer }) => {
  const first = await openPeer();
  const browser = await launch(denying);
  const second = await openPeer({}, { browser });
  await expect
    .poll(() => second.clientErrors())
    .toMatchObject([
      {
        code: "permission-denied",
        device: "microphone and camera",
        message: expect.stringContaining("Allow it in the browser's address bar"),
        retryable: true,
      },
    ]);

  await second.call();

  await expectFrames(second.page);
  await expectAudio(second.page);
  expect(await second.clientErrors()).toHaveLength(1);
  expect(await first.events("remoteStream")).toEqual([]);
});

test("A computer without a camera is told so, and calls with its microphone", async ({
  launch,
  openPeer,
}) => {
  const first = await openPeer();
  const browser = await launch((flags) => [
    ...flags.filter((flag) => !flag.startsWith("--use-fake-device")),
    "--use-fake-device-for-media-stream=device-count=0",
  ]);
  const second = await openPeer({}, { browser });
  await expect
    .poll(() => second.clientErrors())
    .toMatchObject([
      {
        code: "device-not-found",
        device: "camera",
        message: expect.stringContaining("Connect one"),
      },
    ]);

  await second.call();

  await expectFrames(second.page);
  await expectAudio(first.page, second.page);
  expect(await first.page.evaluate(remoteKinds)).toEqual([["audio"]]);
});

test("A page on plain http is told to use https, for devices and for the clipboard, and receives", async ({
  launch,
  openPeer,
  server,
}) => {
  await openPeer();
  const browser = await launch((flags) => [
    ...flags,
    "--host-resolver-rules=MAP insecure.test 127.0.0.1",
  ]);
  const second = await openPeer({}, { browser, url: `http://insecure.test:${server.port}` });
  expect(await second.page.evaluate(() => isSecureContext)).toBe(false);
  const insecure = { code: "insecure-page", message: expect.stringContaining("over HTTPS") };
  await expect
    .poll(() => second.clientErrors())
    .toMatchObject([{ ...insecure, device: "microphone and camera" }]);
  expect(await second.copyLink("a link")).toMatchObject({ success: false, error: insecure });

  await second.call();

  await expectFrames(second.page);
  await expectAudio(second.page);
});

const rejections = [
  { name: "NotAllowedError", code: "permission-denied", retryable: true },
  { name: "SecurityError", code: "permission-denied", retryable: false },
  { name: "NotFoundError", code: "device-not-found", retryable: true },
  { name: "NotReadableError", code: "device-busy", retryable: true },
  { name: "AbortError", code: "device-busy", retryable: true },
  { name: "OverconstrainedError", code: "constraints-not-met", retryable: false },
  { name: "TypeError", code: "constraints-not-met", retryable: false },
  { name: "InvalidStateError", code: "media-failed", retryable: true },
  { name: "UnknownError", code: "media-failed", retryable: false },
];

// A browser without a person in front of it gives few of these errors by itself.
test("Whatever error the devices give has its code and what to do, and the call goes on receive-only", async ({
  openPage,
  openPeer,
  roomId,
}) => {
  const first = await openPeer();
  const second = await openPage();
  for (const { name, code, retryable } of rejections) {
    await test.step(name, async () => {
      await second.page.goto(second.page.url());
      await second.page.evaluate(breakDevices, { name });
      expect(await second.enter({ roomId, peerId: name })).toEqual({ success: true });
      await expect
        .poll(() => second.clientErrors())
        .toMatchObject([{ code, device: "microphone and camera", message: sentence, retryable }]);
      await second.sees(1);

      await second.call();

      await expectFrames(second.page);
      await second.leave();
      await first.sees(0);
    });
  }
  expect(await first.events("remoteStream")).toEqual([]);
});

test("A camera that another program holds is told, the microphone is heard, and once it is free it is seen", async ({
  openPage,
  openPeer,
  roomId,
}) => {
  const first = await openPeer();
  const second = await openPage();
  const busyCamera: Fault = { name: "NotReadableError", kind: "video" };
  await second.page.evaluate(breakDevices, busyCamera);
  expect(await second.enter({ roomId })).toEqual({ success: true });
  await second.sees(1);
  expect(await second.call()).toEqual({ success: true });

  await expectAudio(first.page, second.page);
  await expectFrames(second.page);
  expect(await first.page.evaluate(remoteKinds)).toEqual([["audio"]]);
  const busy = { code: "device-busy", device: "camera", message: sentence, retryable: true };
  expect(await second.clientErrors()).toMatchObject([busy]);
  expect(await second.state()).toMatchObject({ microphone: "live", camera: "blocked" });
  const again = () => second.page.evaluate(() => lab.answer(cignal.camera.start()));
  expect(await again()).toMatchObject({ success: false, error: busy });

  await second.page.evaluate(() => mendDevices());
  expect(await again()).toEqual({ success: true });

  await expectFrames(first.page);
  await expect.poll(() => first.page.evaluate(remoteKinds)).toEqual([["audio", "video"]]);
});

test("Who has denied both devices sees the others, and after allowing them is seen in the same call", {
  tag: "@whole-browser",
}, async ({ launch, openPeer }) => {
  const first = await openPeer();
  const browser = await launch(denying);
  const second = await openPeer({}, { browser });
  await second.sees(1);
  expect(await second.call()).toEqual({ success: true });
  await expectFrames(second.page);
  expect(await second.state()).toMatchObject({ microphone: "blocked", camera: "blocked" });

  await second.page.context().grantPermissions(["camera", "microphone"]);
  for (const source of ["camera", "microphone"] as const) {
    const answer = second.page.evaluate((name) => lab.answer(cignal[name].start()), source);
    expect(await answer).toEqual({ success: true });
  }

  await expectFrames(first.page, second.page);
  await expectAudio(first.page, second.page);
  expect(await second.state()).toMatchObject({ microphone: "live", camera: "live" });
  expect(await second.connectionStates()).toEqual(["connected"]);
});

/** The flags of a browser that denies every device, as nobody can be asked, until a test grants it. */
function denying(flags: string[]): string[] {
  return flags.filter((flag) => !flag.startsWith("--use-fake-ui"));
}

interface Fault {
  name: string;
  kind?: "audio" | "video";
}

/** Runs in the page: lets each question, or those for one kind alone, fail until `mendDevices`. */
function breakDevices({ name, kind }: Fault): void {
  const error = () => {
    if (name === "TypeError") return new TypeError("a wrong argument");
    if (name === "OverconstrainedError") return new OverconstrainedError("width", "out of reach");
    return new DOMException("no reason given", name);
  };
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  globalThis.mendDevices = () => {
    devices.getUserMedia = getUserMedia;
  };
  devices.getUserMedia = async (constraints) => {
    if (kind && !constraints?.[kind]) return getUserMedia(constraints);
    throw error();
  };
}

declare global {
  var mendDevices: () => void;
}

function remoteKinds(): string[][] {
  return lab.remoteStreams.map((stream) => stream.getTracks().map(({ kind }) => kind));
}
