import { watchGroup } from "../lib/group.js";
import { addParts } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

declare global {
  var adapting: import("cignal-client/adapt").Adapting;
}

test.use({ serverOptions: { cignal: { groups: true } } });

/** Nobody else's picture is looked at. */
const mediaConstraints = { audio: true };

/** How large a page's own camera is. */
const cameraOf = ({ page }: Peer) =>
  page.evaluate(() => {
    const { width, height } = cignal.localMedia?.getVideoTracks()[0]?.getSettings() ?? {};
    return `${width}x${height}`;
  });

/** How large the pictures are that a page decodes of somebody. */
const decodedOf = ({ page }: Peer, peerId: string) =>
  page.evaluate(async (peerId) => {
    const report = await connectionTo(peerId)?.getStats();
    const pictures = [...(report?.values() ?? [])].find(
      ({ type, kind }) => type === "inbound-rtp" && kind === "video",
    );
    return `${pictures?.frameWidth}x${pictures?.frameHeight}`;
  }, peerId);

/** What was sent of the camera to somebody. */
const sentTo = ({ page }: Peer, peerId: string) =>
  page.evaluate(async (peerId) => {
    const report = await connectionTo(peerId)?.getStats();
    const pictures = [...(report?.values() ?? [])].find(
      ({ type, kind }) => type === "outbound-rtp" && kind === "video",
    );
    return {
      at: pictures.timestamp as number,
      bytes: (pictures.bytesSent + pictures.headerBytesSent) as number,
      frames: pictures.framesSent as number,
    };
  }, peerId);

test("DEFECTS 22: the camera and what others decode follow the room from 3 to 4 people and back", async ({
  openPeer,
}) => {
  const a = await openPeer({
    peerId: "a",
    mediaConstraints: { audio: true, video: { width: 640, height: 480, frameRate: 15 } },
    // Browsers make pictures smaller on a machine that is busy.
    quality: { video: { degradationPreference: "maintain-resolution" } },
  });
  const others: Peer[] = [];
  const join = async (peerId: string) => {
    const peer = await openPeer({ peerId, mediaConstraints });
    await watchGroup(peer);
    await peer.sees(others.length + 1);
    expect(await peer.call()).toEqual({ success: true });
    others.push(peer);
    return peer;
  };
  const b = await join("b");
  const c = await join("c");
  await watchGroup(a);
  await addParts(a);
  await a.page.evaluate(() => {
    globalThis.adapting = parts.adaptMedia(cignal);
  });
  for (const peer of [b, c]) await expect.poll(() => decodedOf(peer, "a")).toBe("640x480");

  const d = await join("d");
  for (const peer of [b, c, d]) await expect.poll(() => decodedOf(peer, "a")).toBe("320x240");
  expect(await cameraOf(a)).toBe("320x240");

  await d.leave();
  for (const peer of [b, c]) await expect.poll(() => decodedOf(peer, "a")).toBe("640x480");
  expect(await cameraOf(a)).toBe("640x480");
  expect(await a.page.evaluate(() => lab.captured.length)).toBe(2);

  // A policy of the page's own, and what it makes of the bits that are really sent.
  const cap = 80_000;
  await a.page.evaluate((maxBitrate) => {
    const plan = { peers: { b: { video: { maxBitrate } } } };
    globalThis.adapting = parts.adaptMedia(cignal, {
      policy: () => plan,
    });
  }, cap);
  const rate = async (from: Awaited<ReturnType<typeof sentTo>>, peerId: string) => {
    const now = await sentTo(a, peerId);
    return ((now.bytes - from.bytes) * 8_000) / (now.at - from.at);
  };
  await expect(async () => {
    const before = await Promise.all(["b", "c"].map((id) => sentTo(a, id)));
    const [toB, toC] = before as [(typeof before)[0], (typeof before)[0]];
    await expect
      .poll(async () => (await sentTo(a, "b")).frames, { timeout: 20_000 })
      .toBeGreaterThan(toB.frames + 45);
    expect(await rate(toB, "b")).toBeLessThan(cap * 1.1);
    expect(await rate(toC, "c")).toBeGreaterThan(cap * 1.5);
  }).toPass({ timeout: 30_000 });

  await a.page.evaluate(() => adapting.close());
  const limit = () =>
    a.page.evaluate(() =>
      connectionTo("b")
        ?.getSenders()
        .map((sender) => sender.getParameters().encodings[0]?.maxBitrate),
    );
  await expect.poll(limit).toEqual([undefined, undefined]);
});
