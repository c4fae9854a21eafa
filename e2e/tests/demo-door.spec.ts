import { expectAccessible } from "../lib/axe.js";
import { button, callButton, enter, expectCall, test } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

test("O4: in the demo a host locks the room, sees who knocks, turns away and lets in; who waits sees that they do", async ({
  inviteBob,
}) => {
  const { ada, bob } = await inviteBob();
  await button(ada, "Lock the room").click();
  await expect(button(ada, "Unlock the room")).toBeVisible();
  await expect(ada.getByText("Whoever has the link can knock.")).toBeVisible();

  const knock = async () => {
    await bob.getByRole("textbox", { name: "Your name" }).fill("Bob");
    await bob.getByRole("textbox", { name: "Your name" }).press("Enter");
    await expect(bob.getByTestId("notice")).toContainText("locked");
    await button(bob, "Knock").click();
    await expect(bob.getByRole("heading", { name: "You knocked" })).toBeFocused();
    await expect(ada.getByTestId("door")).toContainText("Bob knocks");
  };
  await knock();
  await expectAccessible(ada);
  await expectAccessible(bob);
  await button(bob, "Stop waiting").click();
  await expect(bob.getByRole("textbox", { name: "Your name" })).toBeVisible();
  await expect(ada.getByTestId("door")).toBeEmpty();

  await knock();
  await button(ada, "Turn away Bob").click();
  await expect(bob.getByTestId("notice")).toBeVisible();
  await expect(ada.getByTestId("door")).toBeEmpty();

  await knock();
  await button(ada, "Let in Bob").click();
  await expect(bob.getByTestId("people")).toContainText("Ada");
  await expect(button(bob, "Unlock the room")).toBeHidden();
  await callButton(bob).click();
  await expectCall(ada, bob);
});

test("In the demo the door fits on a phone", async ({ inviteBob }) => {
  const { ada, bob } = await inviteBob();
  await ada.setViewportSize({ width: 390, height: 844 });
  await enter(bob, "Bob");
  await button(ada, "Lock the room").click();
  await bob.close();
  await expect(button(ada, "Unlock the room")).toBeInViewport();
  const overflow = () =>
    ada.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
});
