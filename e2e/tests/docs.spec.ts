import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { pull, sent, threeCameras } from "../lib/devices.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import { addSample } from "../lib/part.js";
import { expect, test } from "../lib/test.js";

const sample = (file: string) => readFileSync(new URL(`../docs/${file}`, import.meta.url), "utf8");

test("The sample of docs/microphone-and-camera.md mutes, and switches the camera off and on", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  const { page } = first;
  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      "beforeend",
      "<button id=mute>Mute</button><button id=camera>Camera off</button>",
    );
  });
  await page.addScriptTag({ content: sample("devices.js") });
  const media = async () => (await second.state()).peers[0];

  await page.getByRole("button", { name: "Mute" }).click();
  await expect.poll(media).toMatchObject({ microphone: "muted", camera: "on" });
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect.poll(media).toMatchObject({ microphone: "on" });
  await page.getByRole("button", { name: "Camera off" }).click();
  await expect.poll(media).toMatchObject({ camera: "off" });
  await page.getByRole("button", { name: "Camera on" }).click();
  await expect.poll(media).toMatchObject({ microphone: "on", camera: "on" });
});

test("The sample of docs/screen-share.md shares, shows, and tells who does", async ({
  openCall,
}) => {
  const pair = await openCall();
  for (const { page } of pair) {
    await page.evaluate(() => {
      const video = "<video id=screen autoplay muted hidden></video>";
      document.body.innerHTML = `<button id=share>Share your screen</button>${video}`;
    });
    await page.addScriptTag({ content: sample("screen.js") });
  }
  const [sharer, viewer] = pair.map(({ page }) => page) as [Page, Page];

  await sharer.getByRole("button", { name: "Share your screen" }).click();
  await expect(sharer.getByRole("button", { name: "Stop sharing" })).toBeVisible();
  const shown = viewer.locator("#screen");
  await expect(shown).toBeVisible();
  await expect.poll(() => shown.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(1280);
  await expect(viewer.getByRole("button")).toBeDisabled();

  await sharer.getByRole("button", { name: "Stop sharing" }).click();
  await expect(shown).toBeHidden();
  await expect(viewer.getByRole("button")).toBeEnabled();
});

test.describe("in a room for groups", () => {
  test.use({ serverOptions: { cignal: { groups: true } } });

  test("The sample of docs/groups.md shows whoever is there", async ({ openPage, roomId }) => {
    const pages: Page[] = [];
    for (const peerName of ["Ada", "Bob", "Eve"]) {
      const { page } = await openPage();
      const mediaConstraints = { audio: true, video: { width: 320, height: 240, frameRate: 10 } };
      await page.evaluate(
        async (options) => {
          document.body.innerHTML = "<div id=people></div>";
          globalThis.cignal = await Cignal.createRoom(options);
        },
        { roomId, peerName, mediaConstraints },
      );
      await page.addScriptTag({ content: sample("group.js"), type: "module" });
      pages.push(page);
    }
    const [ada, , eve] = pages as [Page, Page, Page];
    await expect(ada.locator("figcaption")).toHaveText(["Bob", "Eve"]);
    await expect(eve.locator("figcaption")).toHaveText(["Ada", "Bob"]);
    const widths = () =>
      ada
        .locator("video")
        .evaluateAll((videos) => videos.map((video) => (video as HTMLVideoElement).videoWidth));
    await expect.poll(widths).toEqual([320, 320]);
    await eve.evaluate(() => cignal.leaveRoom());
    await expect(ada.locator("figcaption")).toHaveText(["Bob"]);
  });
});

test("The sample of docs/quality.md saves data, and stops to", async ({ openCall }) => {
  const [{ page }] = await openCall();
  await page.evaluate(() => {
    document.body.innerHTML = "<label><input type=checkbox id=saver> Save data</label>";
  });
  await page.addScriptTag({ content: sample("quality.js") });
  const limits = () =>
    page.evaluate(() =>
      cignal.pc?.getSenders().map((sender) => sender.getParameters().encodings[0]?.maxBitrate),
    );
  await page.getByLabel("Save data").check();
  await expect.poll(limits).toEqual([16_000, 150_000]);
  await page.getByLabel("Save data").uncheck();
  await expect.poll(limits).toEqual([undefined, undefined]);
});

test("The sample of docs/media-by-size.md tells who sees this side", async ({ openCall }) => {
  const [first] = await openCall();
  await first.page.evaluate(() => {
    document.body.innerHTML = "<p id=seen></p>";
  });
  await addSample(first, "adapt.js");
  await expect(first.page.getByText("1 of 1 see you.")).toBeVisible();
});

test("The sample of docs/devices.md offers microphones, cameras and speakers, and shows which are used", async ({
  launch,
  openPage,
  openPeer,
  roomId,
}) => {
  const browser = await launch(threeCameras);
  const first = await openPage({ browser });
  const second = await openPeer({}, { browser });
  const { page } = first;
  await page.evaluate(async (roomId) => {
    globalThis.cignal = await Cignal.createRoom({ roomId });
    document.body.innerHTML = ["microphone", "camera", "speaker"]
      .map((kind) => `<label>${kind} <select id=${kind}></select></label>`)
      .join("");
  }, roomId);
  await page.addScriptTag({ content: sample("device-menu.js") });
  await first.sees(1);
  expect(await first.call()).toEqual({ success: true });
  const camera = page.getByLabel("camera");
  const cameras = ["fake_device_0", "fake_device_1", "fake_device_2"];
  await expect(camera.getByRole("option")).toHaveText(cameras);
  await expect(page.getByLabel("speaker").getByRole("option")).not.toHaveCount(0);

  await page.getByLabel("microphone").selectOption("Fake Audio Input 2");
  await camera.selectOption("fake_device_2");
  const used = async () => [await sent(first, "audio"), await sent(first, "video")];
  const chosen = async (kind: string) => ({ deviceId: await page.getByLabel(kind).inputValue() });
  await expect.poll(used).toMatchObject([await chosen("microphone"), await chosen("camera")]);
  await expectFrames(second.page);

  await pull(first, (await chosen("camera")).deviceId);
  await expect(camera.getByRole("option")).toHaveText(cameras.slice(0, 2));
  await expect(camera.locator("option:checked")).toHaveText("fake_device_0");
});

test("The sample of docs/ringing.md asks, accepts and declines", async ({ openPeer }) => {
  const callee = await openPeer({ peerId: "callee", ring: true });
  const caller = await openPeer({ peerId: "caller", peerName: "Ada" });
  const { page } = callee;
  await page.evaluate(() => {
    document.body.innerHTML =
      "<div id=bell hidden><p></p><button>Accept</button><button>Decline</button></div>";
  });
  await page.addScriptTag({ content: sample("ringing.js") });
  await caller.sees(1);

  const declined = caller.call();
  await expect(page.getByText("Ada calls.")).toBeVisible();
  await page.getByRole("button", { name: "Decline" }).click();
  expect(await declined).toMatchObject({ error: { code: "call-rejected" } });

  const cancelled = caller.call();
  await expect(page.getByText("Ada calls.")).toBeVisible();
  await caller.page.evaluate(() => cignal.cancelCall());
  await expect(page.getByText("Ada calls.")).toBeHidden();
  expect(await cancelled).toMatchObject({ error: { code: "call-cancelled" } });

  const accepted = caller.call();
  await page.getByRole("button", { name: "Accept" }).click();
  expect(await accepted).toEqual({ success: true });
});

test("The sample of docs/when-a-device-fails.md says what failed, and tries it again", async ({
  openPair,
}) => {
  const [peer, other] = await openPair({ mediaConstraints: { audio: false, video: false } });
  const { page } = peer;
  const answer = (name: string | null) =>
    page.evaluate((name) => {
      const devices = navigator.mediaDevices;
      const getUserMedia = MediaDevices.prototype.getUserMedia.bind(devices);
      devices.getUserMedia = (constraints) =>
        name ? Promise.reject(new DOMException("", name)) : getUserMedia(constraints);
    }, name);
  const start = (...names: ("microphone" | "camera")[]) =>
    page.evaluate(async (names) => {
      await Promise.all(names.map((name) => cignal[name].start()));
    }, names);
  await page.evaluate(() => {
    document.body.innerHTML =
      "<div id=notice role=alert hidden><p></p><button>Try again</button></div>";
  });
  await page.addScriptTag({ content: sample("failures.js") });
  const notice = page.getByRole("alert");
  const tryAgain = page.getByRole("button", { name: "Try again" });
  expect(await peer.call()).toEqual({ success: true });

  await answer("NotAllowedError");
  await start("microphone", "camera");
  await expect(notice).toContainText("Access to the microphone and camera was denied.");

  await answer("SecurityError");
  await tryAgain.click();
  await expect(notice).toContainText("This page may not use the microphone and camera.");
  await expect(tryAgain).toBeHidden();

  await answer(null);
  await start("camera");
  await answer("NotFoundError");
  await start("microphone");
  await expect(notice).toContainText("No microphone was found.");
  await answer(null);
  await tryAgain.click();
  await expect(notice).toBeHidden();
  await expectFrames(other.page);
  await expectAudio(other.page);
});

test("The samples of docs/rooms.md knock, let in and turn away, ask for a password, and show who is there", async ({
  openPage,
  roomId,
}) => {
  const [host, guest, lobby] = [await openPage(), await openPage(), await openPage()];
  expect(await host.enter({ peerId: "host", roomId })).toEqual({ success: true });
  await host.page.evaluate(() => {
    document.body.innerHTML = "<button id=lock></button><ul id=waiting></ul>";
  });
  await host.page.addScriptTag({ content: sample("door.js") });
  const here = (file: string) => sample(file).replace('"lobby"', JSON.stringify(roomId));
  await lobby.page.evaluate(() => {
    document.body.innerHTML = "<p id=lobby></p><button id=close></button>";
  });
  await lobby.page.addScriptTag({ content: here("presence.js"), type: "module" });
  const sign = lobby.page.locator("#lobby");
  await expect(sign).toHaveText("1 of 2 are here");
  await host.page.getByRole("button", { name: "Lock the room" }).click();
  await expect(sign).toHaveText("locked");

  const openGuest = async () => {
    await guest.page.evaluate(() => {
      document.body.innerHTML = "<p id=status></p><button id=come-in>Come in</button>";
      globalThis.confirm = () => true;
      globalThis.prompt = () => "sesame";
    });
    await guest.page.addScriptTag({ content: here("come-in.js") });
  };
  const comeIn = () => guest.page.getByRole("button", { name: "Come in" }).click();
  await openGuest();
  const status = guest.page.locator("#status");

  await comeIn();
  await expect(status).toHaveText("You will be let in.");
  await expect(host.page.getByText("Ada knocks.")).toBeVisible();
  await host.page.getByRole("button", { name: "Turn away" }).click();
  await expect(status).not.toHaveText("You will be let in.");
  await comeIn();
  await host.page.getByRole("button", { name: "Let in" }).click();
  await expect(status).toHaveText("You are in, Ada.");
  await expect(host.page.getByText("Ada knocks.")).toBeHidden();

  await host.page.getByRole("button", { name: "Unlock the room" }).click();
  await host.page.evaluate(async () => {
    await cignal.room.setPassword("sesame");
  });
  await guest.page.reload();
  await host.sees(0);
  await openGuest();
  await comeIn();
  await expect(status).toHaveText("You are in, Ada.");
  await expect(sign).toHaveText("2 of 2 are here");
  await lobby.page.locator("#close").click();
});

test("The sample of docs/playback.md plays, and asks for a click", async ({ openCall }) => {
  const [{ page }] = await openCall();
  await page.evaluate(() => {
    document.body.innerHTML =
      "<video id=own></video><video id=other></video><button id=listen hidden>Listen</button>";
    // A page that captures may play; this is what one meets that does not (autoplay.spec.ts has the real refusal).
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
      if (this.muted) return play.call(this);
      return Promise.reject(new DOMException("not before a click", "NotAllowedError"));
    };
    addEventListener("click", () => Object.assign(HTMLMediaElement.prototype, { play }), true);
  });
  await page.addScriptTag({ content: sample("playback.js"), type: "module" });
  const playing = () =>
    page.evaluate(() => Array.from(document.querySelectorAll("video"), (video) => !video.paused));

  const listen = page.getByRole("button", { name: "Listen" });
  await listen.click();
  await expect(listen).toBeHidden();
  expect(await playing()).toEqual([true, true]);
});
