import type { Page } from "@playwright/test";
import type { Channel } from "cignal-client/channels";
import { sha256OfBigFile } from "../lib/big-file.js";
import { accept, MIB, openFiles, outcome, received, send, sent } from "../lib/files.js";
import { addSample } from "../lib/part.js";
import { expect, test } from "../lib/test.js";

declare global {
  var lines: Channel;
  var said: unknown[];
  /** How much of the file was not there yet when the last line was. */
  var missing: number;
}

const mediaConstraints = { audio: false, video: false };

/** What the page's own code holds, in bytes: objects and what they keep outside of the heap. */
async function memoryOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const usage = (await session.send("Runtime.getHeapUsage")) as Record<string, number>;
  await session.detach();
  return (usage["usedSize"] ?? 0) + (usage["backingStorageSize"] ?? 0);
}

test("F6, B7: 64 MiB arrive by their SHA-256 on the disk, in little memory, and 10,000 lines beside them", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints });
  await openFiles(first, second);
  for (const { page } of [first, second]) {
    await page.evaluate(() => {
      globalThis.said = [];
      globalThis.lines = parts.openChannel(cignal, "lines");
      lines.on("message", (data) => {
        if (said.push(data) === 10_000)
          globalThis.missing = (offers[0]?.size ?? 0) - (offers[0]?.bytes ?? 0);
      });
    });
  }
  await send(first.page, 64);
  await accept(second, "disk");
  await expect.poll(() => received(second)).toBeGreaterThan(MIB);
  await first.page.evaluate(async () => {
    for (let number = 0; number < 10_000; number++) await lines.send({ number });
  });
  for (const { page } of [first, second]) expect(await memoryOf(page)).toBeLessThan(64 * MIB);

  expect(await sent(first.page)).toBe(true);
  const hash = sha256OfBigFile(64);
  expect(await outcome(second)).toEqual({ told: hash, found: hash });
  const numbers = await second.page.evaluate(() =>
    (said as { number: number }[]).map(({ number }) => number),
  );
  expect(numbers).toEqual(Array.from({ length: 10_000 }, (_, number) => number));
  expect(await second.page.evaluate(() => missing)).toBeGreaterThan(MIB);
});

test("F4: a file goes on from the byte where it stopped, through a dead and a rebuilt connection", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints });
  await openFiles(first, second);
  await send(second.page, 24);
  await accept(first, "memory");
  await expect.poll(() => received(first)).toBeGreaterThan(4 * MIB);
  await first.page.evaluate(async () => void (await cignal.simulate("ice-failure")));
  expect(await sent(second.page)).toBe(true);
  const hash = sha256OfBigFile(24);
  expect(await outcome(first)).toEqual({ told: hash, found: hash });
  const bytes = await second.page.evaluate(() => fileBytesSent);
  expect(bytes).toBeGreaterThanOrEqual(24 * MIB);
  expect(bytes).toBeLessThan(28 * MIB);
});

test.describe(() => {
  test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

  test("F2, F7: two files cross; one is refused, one cancelled by either side, one goes to who comes late", async ({
    openPair,
    openPeer,
  }) => {
    const pair = await openPair({ mediaConstraints });
    const [first, second] = pair;
    await openFiles(...pair);
    const hash = sha256OfBigFile(2);
    for (const { page } of pair) await send(page, 2, { lateJoiners: true });
    for (const peer of pair) await accept(peer);
    for (const peer of pair) expect(await outcome(peer)).toEqual({ told: hash, found: hash });

    const third = await openPeer({ peerId: "third", mediaConstraints });
    await openFiles(third);
    await expect.poll(() => third.page.evaluate(() => offers.length)).toBe(2);
    await accept(third);
    expect(await outcome(third)).toEqual({ told: hash, found: hash });

    await send(first.page, 1, { to: "second" });
    await expect.poll(() => second.page.evaluate(() => offers.length)).toBe(2);
    await second.page.evaluate(() => offers.at(-1)?.refuse("not now"));
    expect(await sent(first.page)).toBe("file-refused");

    for (const who of [first, second]) {
      await send(first.page, 64, { to: "second" });
      await accept(second);
      await expect.poll(() => received(second)).toBeGreaterThan(MIB);
      await who.page.evaluate(
        (isSender) => (isSender ? sending.cancel() : offers.at(-1)?.cancel()),
        who === first,
      );
      expect(await sent(first.page)).toBe("file-cancelled");
      expect(await outcome(second)).toBe("file-cancelled");
    }
    const left = await second.page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(
        "cignal-files",
      );
      const names = [];
      for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
        names.push(name);
      }
      return names.length;
    });
    expect(left).toBe(1);
  });
});

test("The sample of docs/files.md offers a file, asks, and hands it out", async ({ openPair }) => {
  const pair = await openPair({ mediaConstraints, peerName: "Ada" });
  for (const peer of pair) {
    await peer.page.evaluate(() => {
      document.body.innerHTML =
        '<label>File <input type="file" id="choose"></label><progress id="progress" value="0"></progress><ul id="files"></ul>';
      globalThis.confirm = () => true;
    });
    await addSample(peer, "files.js");
  }
  const [first, second] = pair;
  const buffer = Buffer.from("hello");
  await first.page
    .getByLabel("File")
    .setInputFiles({ name: "<b>.txt", mimeType: "text/plain", buffer });
  const link = second.page.getByRole("link", { name: "<b>.txt" });
  await expect(link).toBeVisible();
  const text = await link.evaluate(async (link) =>
    (await fetch((link as HTMLAnchorElement).href)).text(),
  );
  expect(text).toBe("hello");
});
