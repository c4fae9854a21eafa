import type { BrowserContext, Dialog, Page } from "@playwright/test";
import { selfSign } from "../lib/certificate.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import { pageScript } from "../lib/page-script.js";
import { readmeSample } from "../lib/readme-sample.js";
import { pages } from "../lib/server.js";
import { expect, test } from "../lib/test.js";

test("The client sample of the predecessor's README, pasted as it is, makes a call over https and wss", async ({
  startServer,
  browser,
}) => {
  const { url } = await startServer({
    certificate: await selfSign(),
    listener: pages(readmeSample),
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  await context.addInitScript(pageScript);
  const ada = await open(
    context,
    `${url}/?roomId=${encodeURIComponent("the sample's room")}`,
    "Ada",
  );
  const bob = await open(context, ada.page.url(), "Bob");

  await startWhenReady(bob.page);

  await expectFrames(ada.page, bob.page);
  await expectAudio(ada.page, bob.page);
  for (const { page } of [ada, bob]) {
    for (const video of ["#localVideo", "#remoteVideo"]) {
      const width = page.locator(video).evaluate((element: HTMLVideoElement) => element.videoWidth);
      expect(await width).toBeGreaterThanOrEqual(320);
    }
  }

  await ada.page.getByRole("button", { name: "Send" }).click();
  await expect.poll(() => bob.alerts).toEqual(["Message received from peer is-: Hello world! "]);

  await bob.page.getByRole("button", { name: "Hang up" }).click();
  await expect
    .poll(() => ada.page.evaluate(() => lab.connections[0]?.connectionState))
    .toBe("closed");
  expect(ada.alerts).toEqual([]);
  expect([...ada.errors, ...bob.errors]).toEqual([]);
  await context.close();
});

interface Visitor {
  page: Page;
  alerts: string[];
  errors: string[];
}

/** Opens the sample, tells it a name, and collects what it alerts. */
async function open(context: BrowserContext, url: string, name: string): Promise<Visitor> {
  const page = await context.newPage();
  const visitor: Visitor = { page, alerts: [], errors: [] };
  page.on("pageerror", (error) => visitor.errors.push(String(error)));
  const answer = (dialog: Dialog) => {
    if (dialog.type() === "prompt") return dialog.accept(name);
    visitor.alerts.push(dialog.message());
    return dialog.accept();
  };
  page.on("dialog", (dialog) => void answer(dialog));
  await page.goto(url);
  return visitor;
}

/** The sample does nothing on `peerJoined`, so what shows that both are there is their connection. */
async function startWhenReady(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => lab.connections[0]?.connectionState))
    .toBe("connected");
  await page.getByRole("button", { name: "Call" }).click();
}
