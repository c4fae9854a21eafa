import type { Page } from "@playwright/test";
import { addSample } from "../lib/part.js";
import { reportOf, told, watchQuality } from "../lib/quality.js";
import { expect, test } from "../lib/test.js";

test("First media are told once, and a camera that hangs is one freeze with one end, also in the sample of docs/call-quality.md", async ({
  openPair,
}) => {
  const [first, second] = await openPair();
  await watchQuality(second, { intervalMs: 500 });
  await second.page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", "<p id=bars></p><p id=notice></p>");
  });
  await addSample(second, "call-quality.js");
  const notice = second.page.locator("#notice");
  expect(await first.call()).toEqual({ success: true });
  await expect.poll(() => told(second, "firstMedia")).toHaveLength(2);

  await sendDrawing(first.page);
  await expect.poll(() => widthOf(second.page)).toBe(160);
  await first.page.evaluate(() => {
    globalThis.drawing = "held";
  });
  const about = { peer: { id: "first" } };
  await expect
    .poll(() => told(second, "freeze"))
    .toMatchObject([{ args: [{ kind: "video" }, about] }]);
  await expect(notice).toHaveText("Peer's picture hangs.");
  await expect
    .poll(() => told(second, "graded"))
    .toContainEqual({ name: "graded", args: expect.arrayContaining([inboundFreeze]) });
  await first.page.evaluate(() => {
    globalThis.drawing = "on";
  });
  await expect
    .poll(() => told(second, "freezeEnded"))
    .toMatchObject([{ args: [{ kind: "video", recovered: true }, about] }]);

  await expect(notice).toHaveText("");
  await first.leave();
  await expect(notice).toHaveText(/^Peer's picture stood still once, for/);
  await expect.poll(() => told(second, "report")).toHaveLength(1);
  expect(await told(second, "freeze", "firstMedia")).toHaveLength(3);
  const report = await reportOf(second);
  expect(report?.verdict.sentence).toMatch(/picture stood still once, for \d+\.\d s/);
  expect(report?.peers).toMatchObject([
    { timeline: { first: { audio: expect.any(Number), video: expect.any(Number) } } },
  ]);
});

test("A connection that fails and a slow link are named in the report", async ({ openCall }) => {
  const [first, second] = await openCall();
  await watchQuality(first, { intervalMs: 500 });
  await expect.poll(() => first.page.evaluate(() => quality.of("second")?.overMs)).toBeTruthy();
  await first.page.evaluate(() => cignal.simulate("ice-failure"));
  await expect.poll(() => first.events("reconnected")).toHaveLength(1);
  await expect
    .poll(async () => (await reportOf(first))?.peers[0])
    .toMatchObject({ connections: 2, interruptions: [{ gapMs: expect.any(Number) }] });
  const cut = await reportOf(first);
  expect(cut?.verdict.sentence).toMatch(/^The connection to Peer was cut once, for \d\.\d s\.$/);

  // From then on alone.
  await watchQuality(first, { intervalMs: 500 });
  await first.page.evaluate(() => cignal.simulate("slow-link", { forMs: 6_000, kbps: 20 }));
  const slow = await reportOf(first);
  expect(slow?.verdict.sentence).toMatch(/^Peer's downlink or the uplink here was slow/);
  expect(slow?.peers[0]?.outbound.bitrate).toBeLessThan(60_000);
  await second.leave();
});

const inboundFreeze = expect.objectContaining({ direction: "inbound", trouble: "freeze" });

declare global {
  var drawing: "on" | "held";
}

/** Sends a picture of its own in place of the camera's, which moves while `drawing` is on. */
function sendDrawing(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
    const context = canvas.getContext("2d");
    globalThis.drawing = "on";
    setInterval(() => {
      if (!context || globalThis.drawing === "held") return;
      context.fillStyle = `hsl(${Math.random() * 360} 90% 50%)`;
      context.fillRect(0, 0, 160, 120);
    }, 50);
    const [track] = canvas.captureStream().getVideoTracks();
    if (track) await cignal.camera.use(track);
  });
}

/** The width of the pictures that come. */
function widthOf(page: Page): Promise<number | undefined> {
  return page.evaluate(() => quality.of("first")?.inbound.video?.width);
}
