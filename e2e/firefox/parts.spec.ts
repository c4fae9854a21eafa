import type { Channel } from "cignal-client/channels";
import type { Chat, ChatLine } from "cignal-client/chat";
import type { SharedOrientation } from "cignal-client/orientation";
import { sha256OfBigFile } from "../lib/big-file.js";
import { accept, MIB, openFiles, outcome, received, send, sent } from "../lib/files.js";
import { names, other, test } from "../lib/firefox.js";
import { addParts } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import { expect } from "../lib/test.js";

declare global {
  var chat: Chat;
  var heldAs: SharedOrientation;
}

const noMedia = { mediaConstraints: { audio: false, video: false } };

test("Chat: lines go both ways between Firefox and Chromium, once and in order, each with its id", async ({
  openBoth,
}) => {
  const peers = await openBoth("Firefox", noMedia);
  await addParts(peers.Firefox, peers.Chromium);
  for (const name of names) {
    await peers[name].page.evaluate(() => {
      globalThis.chat = parts.openChat(cignal);
    });
  }
  const texts = Array.from({ length: 20 }, (_, number) => `<b>${number}</b> 😀`);
  await Promise.all(
    names.map((name) =>
      peers[name].page.evaluate(async (texts) => {
        await Promise.all(texts.map((text) => chat.send(text)));
      }, texts),
    ),
  );
  const linesOf = (peer: Peer, own: boolean) =>
    peer.page.evaluate(
      (own) =>
        chat.lines
          .filter((line) => line.own === own)
          .map(({ id, text, from, state }: ChatLine) => ({ id, text, from: from.id, state })),
      own,
    );
  for (const name of names) {
    await expect.poll(() => linesOf(peers[other(name)], false)).toHaveLength(texts.length);
    const sent = await linesOf(peers[name], true);
    expect(sent.map(({ text }) => text)).toEqual(texts);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(texts.length);
    const arrived = sent.map((line) => ({ ...line, from: name, state: "received" }));
    expect(await linesOf(peers[other(name)], false)).toEqual(arrived);
  }
});

test("Files: 8 MiB cross between Firefox and Chromium by their SHA-256, and either side cancels one of the other's", async ({
  openBoth,
}) => {
  const peers = await openBoth("Chromium", noMedia);
  const both = [peers.Firefox, peers.Chromium];
  await openFiles(...both);
  for (const { page } of both) await send(page, 8);
  for (const peer of both) await accept(peer);
  const hash = sha256OfBigFile(8);
  for (const peer of both) expect(await outcome(peer)).toEqual({ told: hash, found: hash });
  for (const peer of both) expect(await sent(peer.page)).toBe(true);

  for (const name of names) {
    const [sender, receiver] = [peers[name], peers[other(name)]];
    await send(sender.page, 64);
    await expect.poll(() => receiver.page.evaluate(() => offers.length)).toBe(2);
    await accept(receiver);
    await expect.poll(() => received(receiver)).toBeGreaterThan(MIB);
    await receiver.page.evaluate(() => offers.at(-1)?.cancel());
    expect(await sent(sender.page)).toBe("file-cancelled");
    expect(await outcome(receiver)).toBe("file-cancelled");
  }
});

interface Heard {
  lines: unknown[];
  pointers: unknown[];
}

declare global {
  var lines: Channel;
  var pointers: Channel;
  var heardOf: Heard;
}

test("Channels: bytes, text and JSON go both ways, and 1,000 lines in order beside a file that is on its way", async ({
  openBoth,
}) => {
  const peers = await openBoth("Firefox", noMedia);
  const both = [peers.Firefox, peers.Chromium];
  await openFiles(...both);
  for (const { page } of both) {
    await page.evaluate(() => {
      globalThis.heardOf = { lines: [], pointers: [] };
      globalThis.lines = parts.openChannel(cignal, "lines");
      globalThis.pointers = parts.openChannel(cignal, "pointers", { reliable: false });
      const plain = (data: unknown) => (data instanceof Uint8Array ? [...data] : data);
      lines.on("message", (data) => void heardOf.lines.push(plain(data)));
      pointers.on("message", (data) => void heardOf.pointers.push(plain(data)));
    });
  }
  const heard = ({ page }: Peer) => page.evaluate(() => heardOf);
  for (const name of names) {
    const [sender, receiver] = [peers[name], peers[other(name)]];
    const say = async () => {
      await sender.page.evaluate(async () => {
        await pointers.send(new Uint8Array([1, 255]));
        await pointers.send("here");
      });
      return (await heard(receiver)).pointers;
    };
    await expect.poll(say).toEqual(expect.arrayContaining([[1, 255], "here"]));

    await send(sender.page, 64);
    await accept(receiver);
    await expect.poll(() => received(receiver)).toBeGreaterThan(MIB);
    const outcomes = await sender.page.evaluate(async () => {
      const outcomes = [await lines.send(new Uint8Array([0, 255])), await lines.send("🙂")];
      for (let number = 0; number < 1_000; number++) outcomes.push(await lines.send({ number }));
      return outcomes.filter(({ success }) => success).length;
    });
    expect(outcomes).toBe(1_002);
    await expect.poll(async () => (await heard(receiver)).lines.length).toBe(1_002);
    const numbers = Array.from({ length: 1_000 }, (_, number) => ({ number }));
    expect((await heard(receiver)).lines).toEqual([[0, 255], "🙂", ...numbers]);
    expect(await received(receiver)).toBeLessThan(64 * MIB);
    await receiver.page.evaluate(() => offers.at(-1)?.cancel());
    expect(await sent(sender.page)).toBe("file-cancelled");
  }
});

test("Orientation: Firefox tells how it is held, and nothing where it has no word of it", async ({
  openBoth,
}) => {
  const peers = await openBoth("Chromium", noMedia);
  await addParts(peers.Firefox, peers.Chromium);
  const share = ({ page }: Peer) =>
    page.evaluate(() => {
      globalThis.heldAs = parts.shareOrientation(cignal);
    });
  const of = ({ page }: Peer, id: string) => page.evaluate((id) => heldAs.of(id), id);
  for (const name of names) await share(peers[name]);
  for (const name of names) {
    await expect.poll(() => of(peers[other(name)], name)).toEqual({ angle: 0 });
  }
  // Such as older browsers of phones.
  await peers.Firefox.page.evaluate(() => {
    Object.defineProperty(screen, "orientation", { value: undefined });
    heldAs.close();
  });
  await share(peers.Firefox);
  expect(await peers.Firefox.page.evaluate(() => heldAs.own)).toEqual({ angle: 0 });
});
