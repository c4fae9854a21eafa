import type { Page } from "@playwright/test";
import { test as base, button, callButton, enter, expectCall } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

const test = base.extend<{ ring: () => Promise<{ ada: Page; bob: Page }> }>({
  /** Ada calls Bob, who wants to be asked, while he writes a message. */
  ring: async ({ inviteBob }, use) => {
    await use(async () => {
      const { ada, bob } = await inviteBob();
      await enter(bob, "Bob", { rings: true });
      await message(bob).fill("Hi Ada");
      await callButton(ada).click();
      await expect(dialog(bob)).toBeVisible();
      await expect(ada.getByTestId("people")).toContainText("Ringing…");
      return { ada, bob };
    });
  },
});

test("N1: in the demo a call rings in a dialog that takes the focus, and lights no camera before it is accepted", async ({
  ring,
}) => {
  const { ada, bob } = await ring();
  await expect(dialog(bob)).toHaveAccessibleName("Ada is calling");
  await expect(dialog(bob)).toHaveAccessibleDescription(
    "Nobody sees or hears you before you accept.",
  );
  await expect(dialog(bob)).toBeFocused();
  // Meant for the message.
  await bob.keyboard.press("Enter");
  await expect(dialog(bob)).toBeVisible();
  expect(await bob.evaluate(() => lab.captured)).toEqual([]);

  await bob.keyboard.press("Tab");
  await expect(button(bob, "Decline")).toBeFocused();
  await bob.keyboard.press("Tab");
  await expect(button(bob, "Accept")).toBeFocused();
  await bob.keyboard.press("Enter");
  await expectCall(ada, bob);
  await expect(dialog(bob)).toBeHidden();
  await expect(message(bob)).toBeFocused();
});

test("N2: in the demo a call is declined by a button or by Escape, and the caller is told", async ({
  ring,
}) => {
  const { ada, bob } = await ring();
  await button(bob, "Decline").click();
  await expect(dialog(bob)).toBeHidden();
  await expect(ada.getByTestId("notice")).toContainText("Bob declined the call.");

  await callButton(ada).click();
  await expect(dialog(bob)).toBeVisible();
  await bob.keyboard.press("Escape");
  await expect(dialog(bob)).toBeHidden();
  await expect(callButton(ada)).toBeEnabled();
  expect(await bob.evaluate(() => lab.captured)).toEqual([]);
});

test("N3: in the demo a call that is taken back stops ringing, and the focus goes on where it was", async ({
  ring,
}) => {
  const { ada, bob } = await ring();
  await expect(button(ada, "Cancel")).toBeFocused();
  await ada.keyboard.press("Enter");
  await expect(dialog(bob)).toBeHidden();
  await expect(bob.getByTestId("notice")).toContainText("Ada called, and hung up.");
  await expect(message(bob)).toBeFocused();
  await expect(callButton(ada)).toBeFocused();
  await expect(ada.getByTestId("notice")).toBeEmpty();
});

test("in the demo a call stops ringing when the caller leaves", async ({ ring }) => {
  const { ada, bob } = await ring();
  await button(ada, "Hang up").click();
  await expect(dialog(bob)).toBeHidden();
  await expect(bob.getByRole("heading", { name: "Ada has left" })).toBeVisible();
  await expect(message(bob)).toBeFocused();
});

test("in the demo a call rings on through a reload, and the next page remembers who wants to be asked", async ({
  ring,
}) => {
  const { ada, bob } = await ring();
  await bob.reload();
  await expect(dialog(bob)).toBeVisible();
  await expect(button(ada, "Cancel")).toBeVisible();

  const next = await bob.context().newPage();
  await next.goto(new URL("/", bob.url()).href);
  await expect(next.getByRole("checkbox")).toBeChecked();
  await expect(next.getByRole("textbox", { name: "Your name" })).toHaveValue("Bob");
});

const dialog = (page: Page) => page.getByRole("alertdialog");

const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
