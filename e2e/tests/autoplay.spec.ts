import { expectAudio } from "../lib/media.js";
import { expect, test } from "../lib/test.js";

// Chromium takes whatever Playwright evaluates in a page for a click, and a trace evaluates. Until the real click, the page
// does everything by itself and tells it by its console.
test.use({ trace: "off" });

test("A page that nobody has clicked is told once that it may not play, and a click plays it", async ({
  launch,
  openPage,
  openPeer,
  roomId,
}) => {
  const browser = await launch((flags) =>
    flags.filter((flag) => !flag.startsWith("--autoplay-policy")),
  );
  const path = `?roomId=${roomId}`;
  const listener = await openPage({ browser, path, before: listenOnly });
  const told: unknown[] = [];
  listener.page.on("console", (message) => told.push(message.text()));
  const speaker = await openPeer({ peerId: "speaker" }, { browser });
  await speaker.sees(1);
  expect(await speaker.call()).toEqual({ success: true });

  const unheard = JSON.stringify({ clicked: false, paused: [true, true], heard: 0 });
  await expect.poll(() => told).toEqual(["blocked", unheard]);
  await listener.page.mouse.click(10, 10);
  await expect.poll(() => told).toHaveLength(4);
  expect(told.slice(2)).toEqual(["clicked", JSON.stringify({ success: true })]);

  const times = () =>
    listener.page.evaluate(() =>
      Array.from(document.querySelectorAll("video"), ({ currentTime }) => currentTime),
    );
  const before = await times();
  await expect
    .poll(async () => (await times()).every((time, index) => time > (before[index] ?? 0) + 0.5))
    .toBe(true);
  await expectAudio(listener.page);
  expect(told).toHaveLength(4);
});

/** In a page: enters, sends nothing, attaches two elements, and makes everything on the page a button. */
function listenOnly(): void {
  addEventListener("load", async () => {
    const videos = [document.createElement("video"), document.createElement("video")];
    document.body.append(...videos);
    globalThis.cignal = await Cignal.createRoom({
      roomId: Cignal.getUrlParam("roomId"),
      mediaConstraints: { audio: false, video: false },
    });
    cignal.on("playbackBlocked", async () => {
      console.log("blocked");
      const { audioEnergy: heard } = await lab.traffic();
      const paused = videos.map((video) => video.paused);
      const { hasBeenActive: clicked } = navigator.userActivation;
      console.log(JSON.stringify({ clicked, paused, heard }));
    });
    for (const video of videos) cignal.attach(video);
    addEventListener("click", async () => {
      console.log("clicked");
      console.log(JSON.stringify(await lab.answer(cignal.resumePlayback())));
    });
  });
}
