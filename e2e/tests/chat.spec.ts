import type { Page } from "@playwright/test";
import { addSample } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

const mediaConstraints = { audio: false, video: false };
const markup = '<img src=x onerror="document.title=1"><b>bold</b>';

async function openSample(peer: Peer): Promise<Page> {
  await peer.page.evaluate(() => {
    document.body.innerHTML =
      '<ul id="lines"></ul><p id="typing"></p><form id="say"><input name="text"></form>';
  });
  await addSample(peer, "chat.js");
  return peer.page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox").fill(text);
  await page.getByRole("textbox").press("Enter");
}

test("T1, T3, DEFECTS 19: the sample of docs/chat.md shows lines as text, links, who types, and to a late one what was said", async ({
  openPair,
  openPeer,
}) => {
  const pair = await openPair({ mediaConstraints });
  const [first, second] = await Promise.all(pair.map(openSample));
  if (!first || !second) throw new Error("two pages");
  await pair[0].page.evaluate(() => cignal.update({ name: "Ann" }));

  await first.getByRole("textbox").pressSequentially("a");
  await expect(second.getByText("is typing…")).toBeVisible();
  await say(first, markup);
  await expect(second.getByRole("listitem")).toHaveText(`Ann: ${markup}`);
  await expect(second.getByText("is typing…")).toBeHidden();
  await say(second, "see example.org/x.");
  await expect(first.getByRole("link")).toHaveAttribute("href", "https://example.org/x");

  const third = await openSample(await openPeer({ mediaConstraints }));
  const lines = await first.getByRole("listitem").allTextContents();
  await expect(third.getByRole("listitem")).toHaveText(lines);
  await say(third, "now I know");
  for (const page of [first, second]) {
    await expect(page.getByRole("listitem").last()).toHaveText("Peer: now I know");
    expect(await page.title()).toBe("Cignal");
    expect(await page.locator("#lines img, #lines b").count()).toBe(0);
  }
});

test("T1, D3: what is said while a connection is lost and made anew arrives once and in order", async ({
  openCall,
}) => {
  const pair = await openCall();
  const [first, second] = await Promise.all(pair.map(openSample));
  if (!first || !second) throw new Error("two pages");
  await say(first, "0");
  await expect(second.getByRole("listitem")).toHaveText("Peer: 0");
  const lost = first.evaluate(() => cignal.simulate("ice-failure"));
  for (let i = 1; i < 6; i++) await say(first, String(i));
  expect(await lost).toEqual({ success: true });
  await say(first, "6");
  const all = Array.from({ length: 7 }, (_, i) => `Peer: ${i}`);
  await expect(second.getByRole("listitem")).toHaveText(all);
  await expect(first.getByRole("listitem")).toHaveText(all);
});
