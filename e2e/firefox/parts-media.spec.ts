import type { Adapting } from "cignal-client/adapt";
import { startCall } from "../lib/call.js";
import { hasSoundOutput, names, other, test } from "../lib/firefox.js";
import { addParts } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import { reportOf, told, watchQuality } from "../lib/quality.js";
import { expectDuration, expectRecorded, probe, record, save } from "../lib/recording.js";
import { expect } from "../lib/test.js";
import { sendTone } from "../lib/tone.js";

declare global {
  var adapting: Adapting;
  var toldOfSpeech: Record<string, boolean>;
}

/** Where in it a number is none, in Playwright's copy or as JSON has it. */
function noNumbers(value: unknown, path = ""): string[] {
  if (value === null || typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (!(value instanceof Object)) return [];
  return Object.entries(value).flatMap(([name, inner]) => noNumbers(inner, `${path}.${name}`));
}

test("Quality: Firefox has figures, grades and a verdict, and tells nothing that it does not count", async ({
  openBoth,
}) => {
  const { Firefox, Chromium } = await openBoth("Firefox");
  await watchQuality(Firefox, { intervalMs: 500 });
  await startCall(Firefox, Chromium);
  const now = () => Firefox.page.evaluate(() => quality.of("Chromium"));
  const number = expect.any(Number);
  await expect.poll(now).toMatchObject({
    inbound: {
      audio: { bitrate: number, packetLoss: number, jitterMs: number, concealment: number },
      video: { bitrate: number, framesPerSecond: number, width: 320, height: 240 },
    },
    outbound: {
      audio: { bitrate: number, packetLoss: number, roundTripMs: number },
      video: { bitrate: number, framesPerSecond: number, width: number, encodeMs: number },
    },
    roundTripMs: number,
    path: { protocol: "udp", local: expect.any(String), remote: expect.any(String) },
    grades: { inbound: { grade: expect.any(String) }, outbound: { grade: expect.any(String) } },
  });
  const figures = await now();
  expect(noNumbers(figures)).toEqual([]);
  expect(figures?.outbound.video?.limitedBy).toBeUndefined();
  expect(figures?.availableOutgoingBitrate).toBeUndefined();
  await expect.poll(() => told(Firefox, "firstMedia")).toHaveLength(2);

  await Chromium.leave();
  await expect.poll(() => told(Firefox, "report")).toHaveLength(1);
  const report = await reportOf(Firefox);
  expect(noNumbers(report)).toEqual([]);
  expect(report?.verdict.sentence).toMatch(/^[A-Z].*\.$/);
  const [call] = report?.peers ?? [];
  expect(call?.cpuLimitedMs).toBeUndefined();
  for (const { bitrate = 0, audioLoss, videoLoss } of [call?.inbound ?? {}, call?.outbound ?? {}]) {
    expect(bitrate).toBeGreaterThan(10_000);
    expect(bitrate).toBeLessThan(5_000_000);
    for (const loss of [audioLoss, videoLoss]) expect(loss).toBeLessThanOrEqual(1);
  }
});

test.describe("Web Audio", () => {
  test.skip(
    !hasSoundOutput && !process.env["CI"],
    "Firefox has none without a sound card; PulseAudio stands in for one",
  );

  test("Speaking: a tone is speech, of Firefox's own microphone and at the other side, both ways", async ({
    openBoth,
  }) => {
    const peers = await openBoth("Firefox", { mediaConstraints: { audio: true } });
    const both = [peers.Firefox, peers.Chromium];
    await addParts(...both);
    for (const { page } of both) await sendTone(page);
    expect(await peers.Firefox.call()).toEqual({ success: true });
    for (const { page } of both) {
      await page.evaluate(() => {
        globalThis.toldOfSpeech = {};
        const speaking = parts.watchSpeaking(cignal, { silentAfterMs: 1_000 });
        speaking.on("speaking", (isSpeaking, { peer }) => {
          toldOfSpeech[peer.id] = isSpeaking;
        });
        for (const name of ["talkingWhileMuted", "silentMicrophone", "suspended"] as const) {
          speaking.on(name, (isSo) => {
            toldOfSpeech[name] = isSo;
          });
        }
      });
    }
    const heard = ({ page }: Peer) => page.evaluate(() => toldOfSpeech);
    for (const name of names)
      await expect.poll(() => heard(peers[name])).toMatchObject({ silentMicrophone: true });
    for (const name of names) {
      const [speaker, hearer] = [peers[name], peers[other(name)]];
      await speaker.page.evaluate(() => setTone(0.3));
      await expect
        .poll(() => heard(speaker))
        .toMatchObject({ silentMicrophone: false, [name]: true });
      await expect.poll(() => heard(hearer)).toMatchObject({ [name]: true });
      await speaker.page.evaluate(() => cignal.microphone.mute());
      await expect
        .poll(() => heard(speaker))
        .toMatchObject({ [name]: false, talkingWhileMuted: true });
      await expect.poll(() => heard(hearer)).toMatchObject({ [name]: false });
    }
  });

  test("Recording: Firefox records the call as webm that plays, and takes pictures", async ({
    openBoth,
  }, info) => {
    const { Firefox, Chromium } = await openBoth("Firefox");
    await startCall(Firefox, Chromium);
    await addParts(Firefox);
    // As a person begins it; the first sound may take Firefox a second.
    await Firefox.page.mouse.click(5, 5);
    expect(await record(Firefox, "recordPeer", "Chromium", { to: "disk" })).toEqual({
      success: true,
    });
    await expectRecorded(Firefox, 2_500);
    const saved = await save(Firefox, info);
    expect(saved).toMatchObject({
      mimeType: "video/webm;codecs=vp8,opus",
      fileName: "recording.webm",
      error: undefined,
    });
    const probed = await probe(saved.path);
    expect(probed).toMatchObject({ codecs: ["opus", "vp8"], width: 640, height: 480 });
    expectDuration(probed, saved.durationMs / 1000);
    expect(probed.loudest).toBeGreaterThan(-30);

    const picture = await Firefox.page.evaluate(async () => {
      const blob = await parts.takePicture(cignal, "Chromium");
      const { width, height } = await createImageBitmap(blob);
      return { type: blob.type, width, height };
    });
    expect(picture).toEqual({ type: "image/jpeg", width: 320, height: 240 });
    const mp4 = { success: false, error: { code: "not-supported" } };
    expect(await record(Firefox, "recordPeer", "Chromium", { type: "mp4" })).toMatchObject(mp4);
  });
});

test.describe("A group", () => {
  test.use({ serverOptions: { cignal: { groups: true } } });

  test("Adapting: Firefox sends smaller pictures when the room has four people, and large ones again", async ({
    openBoth,
    openPeer,
  }) => {
    const video = { width: 640, height: 480, frameRate: 10 };
    const { Firefox, Chromium } = await openBoth("Chromium", {
      mediaConstraints: { audio: true, video },
      warm: false,
    });
    await startCall(Firefox, Chromium);
    await addParts(Firefox);
    await Firefox.page.evaluate(() => {
      globalThis.adapting = parts.adaptMedia(cignal);
    });
    const sent = () =>
      Firefox.page.evaluate(async () => {
        const report = await cignal.pc?.getStats();
        const all = [...(report?.values() ?? [])];
        return all.find(({ type, kind }) => type === "outbound-rtp" && kind === "video")
          ?.frameWidth;
      });
    await expect.poll(sent).toBeGreaterThan(320);
    const mediaConstraints = { audio: false, video: false };
    for (const peerId of ["third", "fourth"]) {
      await openPeer({ peerId, warm: false, mediaConstraints });
    }
    await Firefox.sees(3);
    await expect.poll(sent, { timeout: 15_000 }).toBeLessThanOrEqual(320);
    await Firefox.page.evaluate(() => adapting.close());
    await expect.poll(sent, { timeout: 15_000 }).toBeGreaterThan(320);
    expect(await Firefox.clientErrors()).toEqual([]);
  });
});
