import { expectAccessible } from "../lib/axe.js";
import { button, callButton, enter, expectCall, test } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

test("the demo says that the browser does not play sound yet, and a click plays it", async ({
  inviteBob,
}) => {
  const { ada, bob } = await inviteBob({ before: refuseSound });
  await enter(bob, "Bob");
  await callButton(ada).click();
  await expect(bob.getByTestId("notice")).toContainText("Your browser does not play sound yet.");
  const isPaused = () =>
    bob.getByTestId("remote-video").evaluate(({ paused }: HTMLVideoElement) => paused);
  expect(await isPaused()).toBe(true);
  await expectAccessible(bob);

  await button(bob, "Play it").click();
  await expectCall(ada, bob);
  await expect(bob.getByTestId("notice")).toBeEmpty();
});

/** Runs in the page before everything else: what browsers do until a click, which Playwright's own ways count as. */
function refuseSound(): void {
  let clicked = false;
  addEventListener(
    "click",
    ({ target }) => {
      clicked ||= target instanceof HTMLElement && target.textContent === "Play it";
    },
    true,
  );
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = async function () {
    if (this.muted || clicked) return play.call(this);
    this.autoplay = false;
    this.pause();
    throw new DOMException("The user did not interact with the page.", "NotAllowedError");
  };
}
