import type { Quality } from "cignal-client";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const CAMERA = { audio: true, video: { width: 640, height: 480, frameRate: 30 } };

for (const codec of ["VP8", "VP9", "H264", "AV1"]) {
  test(`Pictures are sent with ${codec} both ways when it is preferred`, async ({ openCall }) => {
    const pair = await openCall({ quality: { video: { codecs: [codec] } } });
    for (const peer of pair) {
      await expect.poll(() => codecsOf(peer, "outbound-rtp")).toContain(`video/${codec}`);
      await expect.poll(() => codecsOf(peer, "inbound-rtp")).toContain(`video/${codec}`);
    }
  });
}

test("Sound is sent with redundancy when RED comes before opus", async ({ openCall }) => {
  const pair = await openCall({ quality: { audio: { codecs: ["red", "opus"] } } });
  for (const peer of pair) {
    // Chromium counts what it sends so as opus.
    expect((await negotiated(peer, "audio")).slice(0, 2)).toEqual(["audio/red", "audio/opus"]);
    await expectAudio(peer.page);
  }
});

test("Each side's wish is what the other sends with, and a wish of one alone does no harm", async ({
  openPeer,
}) => {
  const first = await openPeer({ peerId: "first", quality: { video: { codecs: ["VP9"] } } });
  const second = await openPeer({ peerId: "second" });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  await expectFrames(first.page, second.page);
  await expect.poll(() => codecsOf(first, "inbound-rtp")).toContain("video/VP9");
});

test("A screen has a codec of its own", async ({ openCall }) => {
  const quality = { video: { codecs: ["VP8"] }, screen: { codecs: ["AV1"] } };
  const [first, second] = await openCall({ quality });
  await first.page.evaluate(() => cignal.screen.start());
  await expect
    .poll(() => codecsOf(second, "inbound-rtp"))
    .toEqual(expect.arrayContaining(["video/AV1", "video/VP8"]));
});

test("No more is sent than the maximum bitrate, from the start and after a change in the call", async ({
  openCall,
}) => {
  const LOW = 100_000;
  const quality: Quality = { video: { maxBitrate: LOW }, audio: { maxBitrate: 16_000 } };
  const pair = await openCall({ quality, mediaConstraints: CAMERA });
  for (const peer of pair) {
    await expect.poll(() => targetOf(peer, "video")).toBeGreaterThan(0);
    expect(await targetOf(peer, "video")).toBeLessThanOrEqual(LOW);
    expect(await limitOf(peer, "audio")).toBe(16_000);
  }

  await pair[0].page.evaluate(() => cignal.setQuality({}));
  await expect.poll(() => targetOf(pair[0], "video")).toBeGreaterThan(LOW * 2);
  expect(await limitOf(pair[0], "audio")).toBeUndefined();
  expect(await targetOf(pair[1], "video")).toBeLessThanOrEqual(LOW);

  await pair[0].page.evaluate(() => cignal.setQuality({ video: { maxBitrate: 100_000 } }));
  await expect.poll(() => targetOf(pair[0], "video")).toBeLessThanOrEqual(LOW);
  await expectFrames(pair[1].page);
});

test("What is kept on a slow network, and how many pictures a second, are the app's to say, also after a lost connection", async ({
  openCall,
}) => {
  const quality: Quality = {
    video: { degradationPreference: "maintain-resolution", maxFramerate: 10 },
  };
  const [first, second] = await openCall({ quality, mediaConstraints: CAMERA });
  const wished = { degradationPreference: "maintain-resolution", encoding: { maxFramerate: 10 } };
  for (const peer of [first, second]) {
    await expect.poll(() => parametersOf(peer, "video")).toMatchObject(wished);
  }
  await expect.poll(() => framesPerSecond(second)).toBeGreaterThan(0);
  await expect.poll(() => framesPerSecond(second)).toBeLessThanOrEqual(11);

  await first.page.evaluate(() => cignal.simulate("ice-failure"));
  await expect.poll(() => second.events("reconnected")).toHaveLength(1);
  await expect.poll(() => parametersOf(first, "video")).toMatchObject(wished);
});

test("While a screen is shared, sound comes first, then the screen, then the camera", async ({
  openCall,
}) => {
  const [first] = await openCall();
  const priorities = () =>
    first.page.evaluate(
      () =>
        cignal.pc?.getSenders().map((sender) => sender.getParameters().encodings[0]?.priority) ??
        [],
    );
  expect(await priorities()).toEqual(["low", "low"]);
  await first.page.evaluate(() => cignal.screen.start());
  await expect.poll(priorities).toEqual(["high", "low", "medium", "low"]);
  await first.page.evaluate(() => cignal.screen.stop());
  await expect.poll(priorities).toEqual(["low", "low", "low", "low"]);
});

test("A codec or a limit that nobody knows is misuse, and enters no room", async ({ openPage }) => {
  const { page } = await openPage();
  const thrown = await page.evaluate(() =>
    Cignal.createRoom({ quality: { video: { codecs: ["VP10"] } } }).catch(String),
  );
  expect(thrown).toBe(
    "TypeError: quality.video.codecs: expected a list of VP8, VP9, H264, AV1, H265",
  );
});

/** What may be sent of a kind, the best first: a browser sends with the first. */
function negotiated({ page }: Peer, kind: "audio" | "video"): Promise<string[]> {
  return page.evaluate((kind) => {
    const sender = cignal.pc?.getSenders().find(({ track }) => track?.kind === kind);
    return sender?.getParameters().codecs.map(({ mimeType }) => mimeType) ?? [];
  }, kind);
}

/** With what is sent or received, as it is counted. */
function codecsOf({ page }: Peer, type: "inbound-rtp" | "outbound-rtp"): Promise<string[]> {
  return page.evaluate(async (type) => {
    const report = await cignal.pc?.getStats();
    const flows = [...(report?.values() ?? [])].filter(
      (stats) => stats.type === type && (stats.bytesSent ?? stats.bytesReceived) > 0,
    );
    return flows.map(({ codecId }) => String(report?.get(codecId)?.mimeType));
  }, type);
}

/** What the browser's own control wants to send of a kind, in bits a second. */
function targetOf({ page }: Peer, wanted: "video"): Promise<number> {
  return page.evaluate(async (wanted) => {
    const stats = [...((await cignal.pc?.getStats())?.values() ?? [])];
    const { targetBitrate = 0 } =
      stats.find(({ type, kind }) => type === "outbound-rtp" && kind === wanted) ?? {};
    return Number(targetBitrate);
  }, wanted);
}

/** How a kind is sent, by the browser's word. */
function parametersOf({ page }: Peer, kind: "audio" | "video") {
  return page.evaluate((kind) => {
    const sender = cignal.pc?.getSenders().find(({ track }) => track?.kind === kind);
    const { encodings = [], degradationPreference } = sender?.getParameters() ?? {};
    return { degradationPreference, encoding: encodings[0] };
  }, kind);
}

async function limitOf(peer: Peer, kind: "audio" | "video"): Promise<number | undefined> {
  return (await parametersOf(peer, kind)).encoding?.maxBitrate;
}

function framesPerSecond({ page }: Peer): Promise<number> {
  return page.evaluate(async () => {
    const stats = [...((await cignal.pc?.getStats())?.values() ?? [])];
    const { framesPerSecond = 0 } =
      stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video") ?? {};
    return Number(framesPerSecond);
  });
}
