import type { Page } from "@playwright/test";
import { alone } from "../lib/alone.js";
import { Demo } from "../lib/demo.js";
import { test as base, expect } from "../lib/test.js";

const test = base.extend<object, { meeting: Demo }>({
  meeting: [
    alone(async (use) => {
      const meeting = await Demo.start("meeting");
      await use(meeting);
      await meeting.stop();
    }),
    { scope: "worker" },
  ],
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const playing = (page: Page) =>
  page
    .locator("#people video")
    .evaluateAll((videos) =>
      videos.map(
        (video) =>
          (video as HTMLVideoElement).videoWidth > 0 && !(video as HTMLVideoElement).paused,
      ),
    );

test("examples/meeting: three meet, write, send a file, share, mute, record, and read at the end how it went", async ({
  openPage,
  meeting,
}) => {
  const pages: Page[] = [];
  const enter = async (name: string, link: string) => {
    const { page } = await openPage({ url: link });
    await page.getByLabel("Your name").fill(name);
    await button(page, "Enter").click();
    await expect(button(page, "Leave")).toBeVisible();
    pages.push(page);
    return page;
  };
  const ada = await enter("Ada", meeting.url);
  const bob = await enter("Bob", ada.url());
  const cyd = await enter("Cyd", ada.url());
  for (const page of pages) await expect.poll(() => playing(page)).toEqual([true, true, true]);

  await cyd
    .getByRole("textbox", { name: "Message to everybody" })
    .fill("hello https://example.org");
  await button(cyd, "Send").click();
  for (const page of [ada, bob]) {
    await expect(page.getByRole("log")).toHaveText("Cyd hello https://example.org");
  }

  const file = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.alloc(300_000, "x") };
  await bob.getByLabel("Send a file").setInputFiles(file);
  const downloading = ada.waitForEvent("download");
  await button(ada, "Get").click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("notes.txt");
  await button(cyd, "Refuse").click();
  await expect(ada.getByText("notes.txt from Bob")).toBeVisible();

  await button(bob, "Mute").click();
  await expect(ada.getByText("Bob (muted)")).toBeVisible();
  await button(bob, "Share screen").click();
  await expect(ada.getByText("Bob's screen")).toBeVisible();
  await expect.poll(() => playing(ada)).toEqual([true, true, true, true]);

  await button(bob, "Clap").click();
  await expect(ada.getByText("Bob claps.")).toBeVisible();

  await button(ada, "Take picture").click();
  await button(ada, "Show everybody").click();
  await expect(bob.getByText("Picture from Ada")).toBeVisible();
  const [width, height] = await bob
    .locator("#cards img")
    .evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
  expect([width, height]).toEqual([640, 480]);

  await button(ada, "Record").click();
  await expect(button(ada, "Stop recording")).toBeVisible();
  await expect(bob.getByText("Ada (records)")).toBeVisible();
  const recorded = ada.waitForEvent("download");
  await button(ada, "Stop recording").click();
  expect((await recorded).suggestedFilename()).toMatch(/^meeting\.(mp4|webm)$/);

  await cyd.reload();
  for (const page of pages)
    await expect.poll(() => playing(page)).toEqual([true, true, true, true]);

  await button(bob, "Leave").click();
  await expect(bob.getByRole("heading", { name: "You have left" })).toBeVisible();
  await expect(bob.locator("#verdict")).not.toBeEmpty();
  await expect(bob.locator("#verdicts li")).toHaveCount(2);
  await expect.poll(() => playing(ada)).toEqual([true, true]);
  await expect(ada.getByText("Bob has gone.")).toBeVisible();
});
