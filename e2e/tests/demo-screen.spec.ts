import type { Page } from "@playwright/test";
import { expectAccessible } from "../lib/axe.js";
import { button, expectCall, test } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

test("in the demo a screen is shown large, with the camera small beside it, and who shares sees that they do", async ({
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall();
  await share(bob);
  await expectScreen(ada);
  const [screen, camera] = await Promise.all([widthOf(screenOf(ada)), widthOf(remoteOf(ada))]);
  expect(screen).toBeGreaterThan(camera * 2);
  await expectCall(ada, bob);
  await expect(bob.getByTestId("sharing")).toBeInViewport({ ratio: 1 });
  await expect(bob.getByTestId("sharing")).toHaveText("You are sharing your screen");
  await expectAccessible(ada);
  await expectAccessible(bob);

  await button(bob, "Stop sharing the screen").click();
  await expect(screenOf(ada)).toBeHidden();
  expect(await displayed(bob)).not.toContain("live");
  await expect(bob.getByTestId("sharing")).toBeEmpty();
  expect(await widthOf(remoteOf(ada))).toBeGreaterThan(camera * 2);
});

test("P8: in the demo the button says who is sharing already, and a click why that is one at a time", async ({
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall();
  await share(bob);
  await expectScreen(ada);
  const busy = button(ada, "Bob is sharing the screen");
  await expect(busy).toHaveAttribute("aria-disabled", "true");
  await busy.dispatchEvent("click");
  await expect(ada.getByTestId("notice")).toContainText("Bob is sharing a screen already.");
  expect(await displayed(ada)).toEqual([]);

  await button(bob, "Stop sharing the screen").click();
  await button(ada, "Try again").click();
  await expectScreen(bob);
});

test("in the demo sharing ends with the browser's own bar, and starts again by the button", async ({
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall();
  await share(bob);
  await expectScreen(ada);
  await bob.evaluate(() => {
    for (const track of lab.displayed) {
      track.stop();
      // A page that stops it itself is not told.
      track.dispatchEvent(new Event("ended"));
    }
  });
  await expect(screenOf(ada)).toBeHidden();
  await share(bob);
  await expectScreen(ada);
});

test("in the demo nobody is offered to share where the browser cannot, and who declines may try again", async ({
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall({ before: likePhone });
  await expect(button(bob, "Share the screen")).toBeHidden();

  await ada.evaluate(() => {
    const devices = navigator.mediaDevices;
    const getDisplayMedia = devices.getDisplayMedia.bind(devices);
    devices.getDisplayMedia = async () => {
      devices.getDisplayMedia = getDisplayMedia;
      throw new DOMException("Permission denied by user", "NotAllowedError");
    };
  });
  await share(ada);
  await expect(ada.getByTestId("notice")).toContainText("The screen is not shared");
  await button(ada, "Try again").click();
  await expectScreen(bob);
});

/** Runs in the page before everything else. */
function likePhone(): void {
  Object.assign(navigator.mediaDevices, { getDisplayMedia: undefined });
}

const share = (page: Page) => button(page, "Share the screen").click();

const screenOf = (page: Page) => page.getByTestId("screen-video");

const remoteOf = (page: Page) => page.getByTestId("remote-video");

async function expectScreen(page: Page): Promise<void> {
  await expect(screenOf(page)).toBeVisible();
  const frames = () =>
    screenOf(page).evaluate(
      (video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames,
    );
  const before = await frames();
  await expect.poll(frames, { message: "pictures of the screen" }).toBeGreaterThan(before + 2);
}

const widthOf = async (video: ReturnType<typeof screenOf>): Promise<number> =>
  (await video.boundingBox())?.width ?? 0;

/** Whether each track that was captured of a screen is live or ended. */
const displayed = (page: Page) =>
  page.evaluate(() => lab.displayed.map(({ readyState }) => readyState));
