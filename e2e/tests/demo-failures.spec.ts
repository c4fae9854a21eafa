import type { Page } from "@playwright/test";
import { expectAccessible } from "../lib/axe.js";
import { button, enter, test } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

test("the demo says why the camera cannot be had, and a click tries again", async ({
  openDemo,
}) => {
  const page = await openDemo({ before: holdCamera });
  await enter(page, "Ada");
  const notices = page.getByTestId("notice");
  await expect(notices).toContainText(/The camera cannot be read.*try again\./);
  await expect(button(page, "Try the camera again")).toBeVisible();

  await expectAccessible(page);

  // In vain: the notice is a new one.
  await button(page, "Try again").click();
  await expect(notices.getByRole("paragraph")).toHaveCount(1);

  await page.evaluate(() => Object.assign(window, { cameraIsFree: true }));
  await button(page, "Try again").focus();
  await page.keyboard.press("Enter");
  await expect(button(page, "Turn the camera off")).toBeVisible();
  await expect(notices).toBeEmpty();
  expect(await liveKinds(page)).toEqual(["audio", "video"]);
});

test("in the demo a notice goes when its device is started otherwise, and the focus stays on the page", async ({
  openDemo,
}) => {
  const page = await openDemo({ before: holdCamera });
  await enter(page, "Ada");
  await button(page, "Copy link").focus();
  await button(page, "Dismiss").focus();
  await page.evaluate(() => Object.assign(window, { cameraIsFree: true }));
  await button(page, "Try the camera again").dispatchEvent("click");
  await expect(page.getByTestId("notice")).toBeEmpty();
  await expect(button(page, "Copy link")).toBeFocused();
});

/** Runs in the page before everything else: another program has the camera until `cameraIsFree`. */
function holdCamera(): void {
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    if (constraints?.video && !("cameraIsFree" in window)) {
      throw new DOMException("Could not start video source", "NotReadableError");
    }
    return getUserMedia(constraints);
  };
}

const liveKinds = (page: Page) =>
  page.evaluate(() =>
    lab.captured
      .filter(({ readyState }) => readyState === "live")
      .map(({ kind }) => kind)
      .sort(),
  );
