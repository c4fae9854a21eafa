import type { Page } from "@playwright/test";
import { expectAccessible } from "../lib/axe.js";
import { button, enter, expectCall, test } from "../lib/demo-test.js";
import { plugIn, pull, threeCameras } from "../lib/devices.js";
import { Peer } from "../lib/peer.js";
import { expect } from "../lib/test.js";

test("in the demo another camera is chosen by keyboard, and the other side sees it", async ({
  launch,
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall({ browser: await launch(threeCameras) });
  const menu = bob.getByRole("dialog", { name: "Devices" });
  await expect(chooser(bob)).toHaveAttribute("aria-expanded", "false");
  await chooser(bob).focus();
  for (const [open, close] of [
    ["Enter", "Escape"],
    ["Space", "Escape"],
  ] as const) {
    await bob.keyboard.press(open);
    await expect(menu).toBeVisible();
    await expect(chooser(bob)).toHaveAttribute("aria-expanded", "true");
    await expect(field(bob, "Microphone")).toBeFocused();
    await bob.keyboard.press(close);
    await expect(menu).toBeHidden();
    await expect(chooser(bob)).toBeFocused();
    await expect(chooser(bob)).toHaveAttribute("aria-expanded", "false");
  }

  await bob.keyboard.press("Enter");
  await expect(field(bob, "Microphone")).toBeFocused();
  await bob.keyboard.press("Tab");
  await expect(field(bob, "Camera")).toBeFocused();
  await expect(field(bob, "Camera")).toHaveValue(await cameraOf(bob));
  await expectAccessible(bob);
  const [, , third = ""] = await optionsOf(bob, "Camera");
  await bob.keyboard.press("End");
  await expect.poll(() => cameraOf(bob)).toBe(third);
  await expect(field(bob, "Camera")).toHaveValue(third);
  await expect(field(bob, "Camera")).toBeFocused();
  await expectCall(ada, bob);

  await bob.keyboard.press("Tab");
  await expect(field(bob, "Speaker")).toBeFocused();
  await bob.keyboard.press("Tab");
  await bob.keyboard.press("Enter");
  await expect(menu).toBeHidden();
  await expect(chooser(bob)).toBeFocused();
});

test("in the demo the sound comes out of the speaker that is chosen", async ({ openDemoCall }) => {
  const { ada } = await openDemoCall();
  await chooser(ada).click();
  const [, other = ""] = await optionsOf(ada, "Speaker");
  await field(ada, "Speaker").selectOption(other);
  const sink = () =>
    ada.getByTestId("remote-video").evaluate((video: HTMLVideoElement) => video.sinkId);
  await expect.poll(sink).toBe(other);
  await expect(field(ada, "Speaker")).toHaveValue(other);
});

test("in the demo the menu shows what is connected and in use, while it is open, too", async ({
  launch,
  openDemo,
}) => {
  const page = await openDemo({ browser: await launch(threeCameras) });
  await enter(page, "Ada");
  await chooser(page).click();
  await expect.poll(() => optionsOf(page, "Camera")).toHaveLength(3);
  const [first = "", second = "", third = ""] = await optionsOf(page, "Camera");
  const peer = new Peer(page);

  // The second fake one has pictures that no page can use, which a browser may take its time to say.
  await pull(peer, first, second);
  await expect.poll(() => optionsOf(page, "Camera")).toEqual([third]);
  await expect.poll(() => cameraOf(page)).toBe(third);

  await plugIn(peer, first);
  await expect.poll(() => optionsOf(page, "Camera")).toEqual([first, third]);
  await expect(field(page, "Camera")).toHaveValue(third);

  await pull(peer, first, third);
  await expect(field(page, "Camera").getByRole("option")).toHaveText(["None found"]);
  await expect(page.getByRole("dialog", { name: "Devices" })).toBeVisible();
});

test("in the demo there is no menu of speakers where the browser has no choice of them", async ({
  openDemo,
}) => {
  const page = await openDemo({ before: likeSafari });
  await enter(page, "Ada");
  await chooser(page).click();
  await expect(field(page, "Camera").getByRole("option")).toHaveText([/fake/]);
  await expect(field(page, "Speaker")).toBeHidden();
});

test("in the demo a camera that cannot be had is not shown as chosen", async ({
  launch,
  openDemo,
}) => {
  const page = await openDemo({ browser: await launch(threeCameras), before: holdSecondCamera });
  await enter(page, "Ada");
  await chooser(page).click();
  await expect.poll(() => optionsOf(page, "Camera")).toHaveLength(3);
  const [first = "", second = ""] = await optionsOf(page, "Camera");
  await expect(field(page, "Camera")).toHaveValue(first);
  await field(page, "Camera").selectOption(second);
  await expect(page.getByTestId("notice")).toContainText("The camera cannot be read");
  await expect(button(page, "Try again")).toBeHidden();
  await expect(field(page, "Camera")).toHaveValue(first);
  expect(await cameraOf(page)).toBe(first);
});

/** Runs in the page before everything else. */
function likeSafari(): void {
  const devices = navigator.mediaDevices;
  const enumerateDevices = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () =>
    (await enumerateDevices()).filter(({ kind }) => kind !== "audiooutput");
}

/** Runs in the page before everything else: another program has the second camera. */
function holdSecondCamera(): void {
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const [, second] = (await devices.enumerateDevices()).filter(
      ({ kind }) => kind === "videoinput",
    );
    if (second?.deviceId && JSON.stringify(constraints).includes(second.deviceId)) {
      throw new DOMException("Could not start video source", "NotReadableError");
    }
    return getUserMedia(constraints);
  };
}

const chooser = (page: Page) => button(page, "Choose devices");

const field = (page: Page, label: string) => page.getByRole("combobox", { name: label });

const optionsOf = (page: Page, label: string): Promise<string[]> =>
  field(page, label).evaluate((select: HTMLSelectElement) =>
    Array.from(select.options, ({ value }) => value),
  );

/** The id of the camera that is captured, by the browser's word. */
const cameraOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const live = lab.captured.filter(({ readyState }) => readyState === "live");
    return live.find(({ kind }) => kind === "video")?.getSettings().deviceId ?? "";
  });
