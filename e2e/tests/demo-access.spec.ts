import type { Page } from "@playwright/test";
import { expectAccessible } from "../lib/axe.js";
import { button, callButton, enter, expectCall, test } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

test("the demo's pages before and after a call keep nobody out", async ({ openDemo }) => {
  const page = await openDemo();
  await expectAccessible(page);
  await enter(page, "Ada");
  await expectAccessible(page);
  await button(page, "Copy link").click();
  await expectAccessible(page);
  await button(page, "Hang up").click();
  await expectAccessible(page);
});

test("the demo's call keeps nobody out", async ({ openDemoCall }) => {
  const { ada, bob } = await openDemoCall();
  await message(bob).fill("Hi Ada");
  await message(bob).press("Enter");
  await button(ada, "Mute the microphone").click();
  await button(bob, "Turn the camera off").click();
  await expect(ada.getByTestId("people")).toContainText("In the call");
  await expectAccessible(ada);
  await expectAccessible(bob);
  await button(bob, "Hang up").click();
  await expect(ada.getByTestId("notice")).toContainText("Bob left.");
  await expectAccessible(ada);
});

test("a call that rings in the demo keeps nobody out", async ({ inviteBob }) => {
  const { ada, bob } = await inviteBob();
  await enter(bob, "Bob", { rings: true });
  await callButton(ada).click();
  await expect(bob.getByRole("alertdialog")).toBeVisible();
  await expectAccessible(bob);
  await expectAccessible(ada);
});

test("in the demo a whole call is made by keyboard, and the focus is always seen", async ({
  openDemo,
}) => {
  const ada = await openDemo();
  await ada.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await expect(ada.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await ada.keyboard.type("Ada");
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("heading", { name: "Call", exact: true })).toBeFocused();

  await tabTo(ada, "Copy link");
  await ada.keyboard.press("Space");
  const link = () => ada.evaluate(() => navigator.clipboard.readText());
  await expect.poll(link).toBe(ada.url());

  const bob = await openDemo({ link: ada.url() });
  await enter(bob, "Bob");
  // What had the focus is gone.
  await expect(callButton(ada)).toBeFocused();
  await ada.keyboard.press("Enter");
  await expectCall(ada, bob);
  await expect(button(ada, "Mute the microphone")).toBeFocused();

  await ada.keyboard.press("Space");
  await expect(button(ada, "Unmute the microphone")).toBeFocused();
  await tabTo(ada, "Turn the camera off");
  await ada.keyboard.press("Enter");
  await expect(button(ada, "Turn the camera on")).toBeFocused();
  await expect(bob.getByRole("status")).toContainText(["Ada has the camera off"]);

  await tabTo(ada, "Choose devices");
  await ada.keyboard.press("Enter");
  await tabTo(ada, "Done");
  await ada.keyboard.press("Escape");
  await expect(button(ada, "Choose devices")).toBeFocused();

  await tabTo(ada, "Share the screen");
  await ada.keyboard.press("Enter");
  await expect(button(ada, "Stop sharing the screen")).toBeFocused();
  await expect(bob.getByTestId("screen-video")).toBeVisible();
  await ada.keyboard.press("Enter");
  await expect(button(ada, "Share the screen")).toBeFocused();

  await tabTo(ada, "Hang up");
  await ada.keyboard.press("Enter");
  await expect(button(ada, "Rejoin")).toBeFocused();
});

test("all of the demo's call fits on a phone", async ({ inviteBob }) => {
  const { ada, bob } = await inviteBob();
  await enter(bob, "Bob with a name that is longer than most, and longer than any room for it");
  for (const width of [390, 320]) {
    await ada.setViewportSize({ width, height: 844 });
    await expectFit(ada);
    await callButton(ada).click();
    await expect(button(ada, "Share the screen")).toBeVisible();
    await expectFit(ada);
    await button(ada, "Choose devices").click();
    await expectFit(ada);
    await button(ada, "Done").click();
    await button(bob, "Share the screen").click();
    await expect(ada.getByTestId("screen-video")).toBeVisible();
    await expectFit(ada);
    await button(ada, "Hang up").click();
    await expectFit(ada);
    await button(ada, "Rejoin").click();
    await expect(callButton(ada)).toBeEnabled();
  }
});

/** Nothing is wider than the page, and every button shows whole, with all of its words. */
async function expectFit(page: Page): Promise<void> {
  for (const each of await page.getByRole("button").all()) {
    await expect(each).toBeInViewport({ ratio: 1 });
  }
  const tooNarrow = await page.evaluate(() =>
    Array.from(document.querySelectorAll("body, button"))
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ outerHTML }) => outerHTML),
  );
  expect(tooNarrow).toEqual([]);
}

/** Goes on by Tab until this button has the focus; each stop on the way can be seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  const STOPS = 12;
  for (let stop = 0; stop < STOPS; stop++) {
    await page.keyboard.press("Tab");
    const { isPage, label, outline } = await page.evaluate(() => {
      const focused = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return {
        isPage: focused === document.body,
        label: focused.ariaLabel ?? focused.textContent?.trim(),
        outline: outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth),
      };
    });
    expect(isPage, "the focus is on nothing").toBe(false);
    expect(outline, label).toBeGreaterThanOrEqual(2);
    if (label === name) return;
  }
  throw new Error(`${name} cannot be reached by Tab`);
}

const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
