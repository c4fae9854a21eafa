import { expectAudio } from "../lib/media.js";
import { addParts, addSample } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import {
  colourAt,
  expectDuration,
  expectRecorded,
  filesOf,
  probe,
  record,
  save,
  statesOf,
} from "../lib/recording.js";
import { expectPictures, share } from "../lib/screen.js";
import { expect, test } from "../lib/test.js";

/** The fake camera's picture. */
const isGreen = ([red, green, blue]: number[]) =>
  Number(green) > 100 && Number(red) + Number(blue) < 100;

const isBlack = (colour: number[]) => Math.max(...colour) < 20;

test("A recording of a peer goes on through a stopped camera and a new connection, and is kept when they leave", async ({
  openCall,
}, info) => {
  const [first, second] = await openCall();
  await addParts(first);
  expect(await record(first, "recordPeer", "second", { type: "webm" })).toEqual({ success: true });
  const began = Date.now();
  await expectRecorded(first, 1_000);
  await second.page.evaluate(() => {
    cignal.microphone.mute();
    cignal.camera.stop();
  });
  await expectRecorded(first, 2_500);
  await second.page.evaluate(() => {
    cignal.microphone.unmute();
    return cignal.camera.start();
  });
  await expectRecorded(first, 4_000);
  await second.page.evaluate(() => cignal.simulate("ice-failure"));
  await expect.poll(() => first.events("reconnected")).toHaveLength(1);
  await expectRecorded(first, 6_000);
  await second.leave();
  await expect.poll(() => statesOf(first)).toContain("finishing");
  const seconds = (Date.now() - began) / 1000;

  const saved = await save(first, info);
  expect(await statesOf(first)).toEqual(["finishing", "stopped"]);
  expect(saved).toMatchObject({ mimeType: "video/webm;codecs=vp8,opus", error: undefined });
  const probed = await probe(saved.path);
  expect(probed).toMatchObject({ codecs: ["opus", "vp8"], width: 640, height: 480 });
  expectDuration(probed, saved.durationMs / 1000);
  expectDuration(probed, seconds);
  expect(probed.loudest).toBeGreaterThan(-30);
  const middle = { x: 40, y: 40, width: 560, height: 400 };
  expect(isGreen(await colourAt(saved.path, 0.8, middle))).toBe(true);
  expect(isBlack(await colourAt(saved.path, 2.2, middle))).toBe(true);
  // Through the new connection, too.
  for (const at of [3.8, 4.3, 4.8, 5.6]) {
    expect(isGreen(await colourAt(saved.path, at, middle)), `${at} s`).toBe(true);
  }
});

test("A recording of the session, as mp4 and on the disk, shows everybody and the screen, and leaves out pauses", async ({
  openCall,
}, info) => {
  const [first, second] = await openCall();
  await addParts(first);
  const options = { to: "disk", type: "mp4", names: true };
  expect(await record(first, "recordSession", options)).toEqual({ success: true });
  await expectRecorded(first, 1_500);
  await first.page.evaluate(() => recording.pause());
  await share(second);
  await expectPictures(first, "camera", "screen");
  await first.page.evaluate(() => recording.resume());
  await expectRecorded(first, 3_500);

  const saved = await save(first, info);
  const durationMs = await first.page.evaluate(() => recording.durationMs);
  expect(await statesOf(first)).toEqual(["paused", "recording", "finishing", "stopped"]);
  expect(saved).toMatchObject({ fileName: "recording.mp4", error: undefined });
  const probed = await probe(saved.path);
  expect(probed).toMatchObject({ codecs: ["h264", "opus"], width: 1280, height: 720 });
  expectDuration(probed, saved.durationMs / 1000);
  expectDuration(probed, durationMs / 1000);

  const box = { width: 100, height: 40 };
  const left = await colourAt(saved.path, 1, { x: 200, y: 400, ...box });
  const right = await colourAt(saved.path, 1, { x: 1000, y: 400, ...box });
  expect([left, right].map(isGreen)).toEqual([true, true]);
  const above = { x: 300, y: 76, ...box };
  expect(isBlack(await colourAt(saved.path, 1, above))).toBe(true);
  expect(isBlack(await colourAt(saved.path, 3, above))).toBe(false);
  for (const y of [140, 500]) {
    expect(isGreen(await colourAt(saved.path, 3, { x: 1100, y, ...box })), `${y}`).toBe(true);
  }

  // One file is left until the page removes it.
  expect(await filesOf(first)).toEqual(["recording.mp4"]);
  await first.page.evaluate(() => recorded.remove());
  expect(await filesOf(first)).toEqual([]);
});

test("A recording of a screen goes into the page's own file and stream, and ends with the screen", async ({
  openCall,
}, info) => {
  const [first, second] = await openCall();
  await addParts(first);
  const nothing = { success: false, error: { code: "nothing-to-record" } };
  expect(await record(first, "recordScreen", { peer: "second" })).toMatchObject(nothing);
  const nobody = { success: false, error: { code: "nobody-here" } };
  expect(await record(first, "recordPeer", "third")).toMatchObject(nobody);

  await share(second);
  await expectPictures(first, "camera", "screen");
  await first.page.evaluate(async () => {
    // Stands in for what a person chooses.
    const folder = await navigator.storage.getDirectory();
    const to = await folder.getFileHandle("chosen.webm", { create: true });
    const options = { peer: "second", type: "webm", width: 320 } as const;
    globalThis.recording = await parts.recordScreen(cignal, { ...options, to });
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (piece) => void pieces.push(piece),
    });
    const other = await parts.recordScreen(cignal, { ...options, to: stream });
    globalThis.streamed = async () => {
      const { blob, file, durationMs } = await other.stop();
      return { durationMs, kept: blob ?? file, size: new Blob(pieces).size };
    };
  });
  await expectRecorded(first, 1_500);
  await second.page.evaluate(() => cignal.screen.stop());
  await expect.poll(() => first.page.evaluate(() => recording.state)).toBe("stopped");

  const saved = await save(first, info);
  expect(saved).toMatchObject({ fileName: "chosen.webm", error: undefined });
  const probed = await probe(saved.path);
  expect(probed).toMatchObject({ width: 320, height: 180 });
  expectDuration({ ...probed, audio: probed.video }, saved.durationMs / 1000);
  const streamed = await first.page.evaluate(() => globalThis.streamed());
  expect(streamed.kept).toBe(undefined);
  expect(streamed.size).toBeGreaterThan(10_000);
  expect(await filesOf(first)).toEqual(["chosen.webm"]);
});

test("A recording needs no timers, which a hidden tab has not, and shows a camera that is on only later", async ({
  openPair,
}, info) => {
  const [first, second] = await openPair({ mediaConstraints: { audio: true, video: false } });
  expect(await first.call()).toEqual({ success: true });
  await expectAudio(first.page);
  await addParts(first);
  const size = { width: 320, height: 240 };
  expect(await record(first, "recordPeer", "second", { type: "webm", ...size })).toEqual({
    success: true,
  });
  await hide(first);
  await expectRecorded(first, 1_500);
  await second.page.evaluate(() => cignal.camera.start());
  await expect.poll(async () => (await first.state()).peers[0]?.media?.camera).toBe("on");
  const seen = await first.page.evaluate(() => recording.durationMs);
  await expectRecorded(first, seen + 2_000);

  const saved = await save(first, info);
  const probed = await probe(saved.path);
  expect(probed).toMatchObject(size);
  expectDuration(probed, saved.durationMs / 1000);
  // One a second if timers made them.
  expect(probed.pictures).toBeGreaterThan(2 * probed.duration);
  const middle = { x: 40, y: 40, width: 240, height: 160 };
  expect(isBlack(await colourAt(saved.path, 1, middle))).toBe(true);
  expect(isGreen(await colourAt(saved.path, seen / 1000 + 1.5, middle))).toBe(true);
});

test("The samples of docs/record.md record, take pictures and share them, and there is none of a camera that is off", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  const { page } = first;
  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      "beforeend",
      "<button id=record>Record</button><button id=shoot>Shoot</button><a id=saved></a><img id=picture alt=''>",
    );
  });
  await addSample(first, "record.js");
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByRole("button", { name: "Shoot" }).click();
  const width = () =>
    page.locator("#picture").evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBe(320);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("link")).toHaveText(/^\d s$/);
  await expect(page.getByRole("button", { name: "Record" })).toBeVisible();

  for (const peer of [first, second]) {
    await peer.page.evaluate(() => {
      document.body.insertAdjacentHTML(
        "beforeend",
        "<button id=share>Share</button><img id=received>",
      );
    });
    await addSample(peer, "pictures.js");
  }
  await page.getByRole("button", { name: "Share" }).click();
  const received = second.page.getByAltText("From Peer");
  await expect
    .poll(() => received.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBe(320);

  await addParts(first);
  const take = (...args: unknown[]) =>
    page.evaluate(async (args) => {
      const taken = parts.takePicture(cignal, ...(args as ["second"]));
      return taken.then(
        async (blob) => {
          const { width, height } = await createImageBitmap(blob);
          return { type: blob.type, width, height };
        },
        ({ code }) => code,
      );
    }, args);
  expect(await take("second")).toEqual({ type: "image/jpeg", width: 320, height: 240 });
  const small = { width: 160, type: "image/png" };
  expect(await take("first", small)).toEqual({ type: "image/png", width: 160, height: 120 });
  expect(await take("second", { screen: true })).toBe("nothing-to-record");
  await second.page.evaluate(() => cignal.camera.stop());
  await expect.poll(() => take("second")).toBe("nothing-to-record");
});

/** What browsers do to a hidden tab; Playwright has every tab shown. */
async function hide({ page }: Peer): Promise<void> {
  await page.evaluate(() => {
    const { setTimeout, setInterval } = globalThis;
    const slow = (ms = 0) => Math.max(ms, 1_000);
    Object.assign(globalThis, {
      requestAnimationFrame: () => 0,
      setTimeout: (listener: () => void, ms?: number) => setTimeout(listener, slow(ms)),
      setInterval: (listener: () => void, ms?: number) => setInterval(listener, slow(ms)),
    });
  });
}

declare global {
  var streamed: () => Promise<{ durationMs: number; kept: unknown; size: number }>;
}
