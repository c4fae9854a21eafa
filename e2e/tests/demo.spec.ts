import type { Page } from "@playwright/test";
import { button, callButton, enter, expectCall, test } from "../lib/demo-test.js";
import { expect } from "../lib/test.js";

const markup = '<img src=x onerror="document.title=1">';

test("DEFECTS 16: in the demo two people meet by a link, talk, chat, hang up and call again without a reload", async ({
  openDemo,
}) => {
  const ada = await openDemo();
  await ada.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await enter(ada, "Ada");
  await expect(ada.getByTestId("status")).toHaveText("Connected");
  await expect(callButton(ada)).toBeDisabled();
  await ada.getByRole("button", { name: "Copy link" }).click();
  const link = () => ada.evaluate(() => navigator.clipboard.readText());
  await expect.poll(link).toBe(ada.url());
  expect(new URL(ada.url()).searchParams.get("roomId")).toMatch(/^[\w-]{22}$/);

  const bob = await openDemo({ link: await link() });
  await enter(bob, markup);
  await expect(ada.getByTestId("people").getByRole("listitem")).toContainText(["Ada", markup]);
  await expect(bob.getByTestId("people").getByRole("listitem")).toContainText([markup, "Ada"]);
  for (const page of [ada, bob]) await page.evaluate(() => Object.assign(window, { same: true }));

  await callButton(bob).click();
  await expectCall(ada, bob);

  await say(bob, markup);
  await say(ada, "I see no picture in this.");
  for (const page of [ada, bob]) {
    const log = page.getByTestId("chat-log");
    await expect(log).toContainText(markup);
    await expect(log).toContainText("I see no picture in this.");
  }

  await ada.getByRole("button", { name: "Hang up" }).click();
  await expect(ada.getByRole("heading", { name: "You left the call" })).toBeVisible();
  expect(await ada.evaluate(() => lab.captured.map((track) => track.readyState))).toEqual([
    "ended",
    "ended",
  ]);
  await expect(bob.getByTestId("notice")).toContainText("Ada left.");

  await ada.getByRole("button", { name: "Rejoin" }).click();
  await expect(bob.getByTestId("people").getByRole("listitem")).toContainText([markup, "Ada"]);
  await callButton(ada).click();
  await expectCall(ada, bob);

  for (const page of [ada, bob]) {
    expect(await page.evaluate(() => "same" in window)).toBe(true);
    await expectNoMarkup(page);
  }
});

test("in the demo a double click on Call neither shares nor hangs up", async ({ inviteBob }) => {
  const { ada, bob } = await inviteBob();
  await enter(bob, "Bob");
  await ada.setViewportSize({ width: 390, height: 844 });
  const { x = 0, y = 0, width = 0, height = 0 } = (await callButton(ada).boundingBox()) ?? {};
  for (const part of [0.2, 0.8]) {
    const point = [x + width * part, y + height / 2] as const;
    await ada.mouse.click(...point);
    await expect(button(ada, "Share the screen")).toBeVisible();
    await ada.mouse.down({ clickCount: 2 });
    await ada.mouse.up({ clickCount: 2 });
    await expectCall(ada, bob);
    expect(await ada.evaluate(() => lab.displayed)).toEqual([]);
    await button(bob, "Hang up").click();
    await button(bob, "Rejoin").click();
    await expect(callButton(ada)).toBeEnabled();
  }
});

test("DEFECTS 16: the room's id of a link stays text in the demo", async ({ openDemo, demo }) => {
  const page = await openDemo({ link: `${demo.url}/?roomId=${encodeURIComponent(markup)}` });
  await enter(page, "Ada");
  const link = page.getByRole("textbox", { name: "Link to this room" });
  await expect(link).toHaveValue(page.url());
  expect(new URL(page.url()).searchParams.get("roomId")).toBe(markup);
  await expectNoMarkup(page);
});

test("DEFECTS 16: a peer's name stays text in all that the demo tells of them", async ({
  inviteBob,
}) => {
  const { ada, bob } = await inviteBob();
  await enter(bob, markup);
  await callButton(ada).click();
  await expect(ada.getByTestId("people")).toContainText("In the call");
  await expect(ada.getByText(`Say hello to ${markup}.`)).toBeVisible();
  await button(bob, "Share the screen").click();
  await expect(button(ada, `${markup} is sharing the screen`)).toBeVisible();
  await bob.goto("about:blank");
  await expect(ada.getByTestId("trouble")).toContainText(`${markup} closed or reloaded the page.`);
  await expect(ada.getByTestId("notice")).toContainText(`${markup} left.`);
  await expect(ada.getByRole("heading", { name: `${markup} has left` })).toBeVisible();
  await expectNoMarkup(ada);
});

test("K4: the demo says that the picture stands still, and when it moves again", async ({
  inviteBob,
}) => {
  const { ada, bob } = await inviteBob();
  const network = await bob.context().newCDPSession(bob);
  const lose = (packetLoss: number) =>
    network.send("Network.emulateNetworkConditions", {
      ...{ offline: false, latency: 1, downloadThroughput: -1, uploadThroughput: -1 },
      packetLoss,
    });
  // Chromium takes it up for connections that are made from now on.
  await lose(0);
  await enter(bob, "Bob");
  await callButton(bob).click();
  await expectCall(ada, bob);
  const trouble = (page: Page) => page.getByTestId("trouble");
  for (const page of [ada, bob]) {
    await expect(trouble(page)).toHaveRole("status");
    await expect(trouble(page)).toBeEmpty();
  }

  await lose(100);
  await expect(trouble(ada)).toHaveText("The connection to Bob is interrupted. Reconnecting…");
  await expect(trouble(bob)).toHaveText("The connection to Ada is interrupted. Reconnecting…");
  await expect(ada.getByTestId("people")).toContainText("Reconnecting…");
  for (const page of [ada, bob]) await expect(trouble(page)).toBeInViewport({ ratio: 1 });

  await lose(0);
  for (const page of [ada, bob]) await expect(trouble(page)).toBeEmpty();
  await expect(ada.getByTestId("people")).toContainText("In the call");
  await expectCall(ada, bob);
});

test("P6, L7: the demo says that the other page has gone away, and then that it has left", async ({
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall();
  const trouble = ada.getByTestId("trouble");

  await bob.goto("about:blank");
  await expect(trouble).toHaveText(
    "Bob closed or reloaded the page. Waiting for them to come back…",
  );
  await expect(ada.getByTestId("notice")).toContainText("Bob left.");
  await expect(trouble).toBeEmpty();
});

test("L4, D7: in the demo a reload comes back into the call, without a click", async ({
  openDemoCall,
}) => {
  const { ada, bob } = await openDemoCall();

  for (const page of [bob, ada]) {
    await page.reload();
    await expectCall(ada, bob);
  }
  await expect(ada.getByTestId("notice")).not.toContainText("left");
});

test("the demo says why a call finds no path", async ({ inviteBob }) => {
  const { bob } = await inviteBob({ before: useRelaysOnly });
  await enter(bob, "Bob");
  await callButton(bob).click();

  const why = "Only relayed paths are allowed, and there is no TURN server in the list.";
  const notices = bob.getByTestId("notice");
  await expect(notices).toContainText(why, { timeout: 20_000 });
  await expect(notices.getByText(why)).toHaveCount(1);
});

/** Runs in the page before everything else. */
function useRelaysOnly(): void {
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, iceTransportPolicy: "relay" });
    }
  };
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Nothing of what was typed, or came from the other one, has become an element or run. */
async function expectNoMarkup(page: Page): Promise<void> {
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
  await expect(page).toHaveTitle("Cignal call");
}
