import type { Browser, Page } from "@playwright/test";
import { alone } from "./alone.js";
import { Demo } from "./demo.js";
import { expectAudio, expectFrames } from "./media.js";
import { test as base, expect } from "./test.js";

interface Fixtures {
  /** Opens the demo, or a link to a room of it. */
  openDemo: (page?: DemoPage) => Promise<Page>;
  /** Ada is in a room, alone; Bob has opened her link and not entered yet. */
  inviteBob: (page?: DemoPage) => Promise<{ ada: Page; bob: Page }>;
  /** Ada and Bob, whose page is made so, talk and see each other. */
  openDemoCall: (page?: DemoPage) => Promise<{ ada: Page; bob: Page }>;
}

interface DemoPage {
  link?: string;
  browser?: Browser;
  /** Runs in the page before everything else. */
  before?: () => void;
}

/** Tests of the demo, as `npm start` runs it. */
export const test = base.extend<Fixtures, { demo: Demo }>({
  demo: [
    alone(async (use) => {
      const demo = await Demo.start();
      await use(demo);
      await demo.stop();
    }),
    { scope: "worker" },
  ],

  openDemo: async ({ openPage, demo }, use) => {
    await use(async ({ link = demo.url, ...page } = {}) => {
      return (await openPage({ url: link, ...page })).page;
    });
  },

  inviteBob: async ({ openDemo }, use) => {
    await use(async (page) => {
      const ada = await openDemo();
      await enter(ada, "Ada");
      return { ada, bob: await openDemo({ link: ada.url(), ...page }) };
    });
  },

  openDemoCall: async ({ inviteBob }, use) => {
    await use(async (page) => {
      const { ada, bob } = await inviteBob(page);
      await enter(bob, "Bob");
      await callButton(bob).click();
      await expectCall(ada, bob);
      return { ada, bob };
    });
  },
});

export async function enter(page: Page, name: string, { rings = false } = {}): Promise<void> {
  await page.getByRole("checkbox", { name: "Ask me before a call starts" }).setChecked(rings);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("textbox", { name: "Your name" }).press("Enter");
  await expect(page.getByTestId("people")).toBeVisible();
}

export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

export const callButton = (page: Page) => button(page, "Call");

export async function expectCall(...pages: Page[]): Promise<void> {
  await expectFrames(...pages);
  await expectAudio(...pages);
  for (const page of pages) {
    for (const video of ["local-video", "remote-video"]) {
      await expect(page.getByTestId(video)).toBeVisible();
      const plays = page
        .getByTestId(video)
        .evaluate(({ videoWidth, paused }: HTMLVideoElement) => ({
          hasPicture: videoWidth > 0,
          paused,
        }));
      expect(await plays).toEqual({ hasPicture: true, paused: false });
    }
  }
}
