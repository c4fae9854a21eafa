import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { NodeOptions } from "cignal-client/node";
import { Bot } from "../lib/bot.js";
import { expectAudio, expectFrames, traffic } from "../lib/media.js";
import { share } from "../lib/screen.js";
import { test as base, expect } from "../lib/test.js";

interface Fixtures {
  /** Enters the test's room from this process. */
  openBot: (options?: Partial<NodeOptions>) => Promise<Bot>;
  /** Runs a sample of docs/bots.md in a process of its own, in the test's room. */
  runSample: (file: string) => ChildProcess;
}

const test = base.extend<Fixtures>({
  openBot: async ({ server, roomId }, use) => {
    const bots: Bot[] = [];
    await use(async (options = {}) => {
      const bot = await Bot.enter({ url: server.url, roomId, ...options });
      bots.push(bot);
      return bot;
    });
    for (const bot of bots) await bot.leave();
    for (const { errors } of bots) expect(errors).toEqual([]);
  },

  runSample: async ({ server, roomId }, use) => {
    const processes: ChildProcess[] = [];
    await use((file) => {
      const path = fileURLToPath(new URL(`../docs/${file}`, import.meta.url));
      const env = { ...process.env, CIGNAL_URL: server.url, ROOM: roomId };
      const child = spawn(process.execPath, [path], { env, stdio: ["ignore", "pipe", "inherit"] });
      processes.push(child);
      return child;
    });
    for (const child of processes) if (child.exitCode === null) child.kill();
  },
});

test("The echo of docs/bots.md sends a page its sound, picture and words back, and ends when it has left", async ({
  openPeer,
  runSample,
}) => {
  const echo = runSample("echo-bot.js");
  const page = await openPeer({ peerId: "page" });
  const ended = once(echo, "exit");
  await page.sees(1);
  expect(await page.call()).toEqual({ success: true });

  await expectFrames(page.page);
  await expectAudio(page.page);
  await page.inform({ words: "Hello?" });
  await expect.poll(() => page.informations()).toEqual([{ words: "Hello?" }]);

  await page.leave();
  expect(await ended).toEqual([0, null]);
});

test("The counter of docs/bots.md receives without sending, and says how much it was", async ({
  openPeer,
  runSample,
}) => {
  const counter = runSample("counting-bot.js");
  const page = await openPeer({ peerId: "page", peerName: "Ada" });
  let said = "";
  counter.stdout?.on("data", (text) => {
    said += text;
  });
  const ended = once(counter, "close");
  await page.sees(1);
  expect(await page.call()).toEqual({ success: true });
  await expect.poll(async () => (await traffic(page.page)).bytesSent).toBeGreaterThan(20_000);

  await page.leave();
  expect(await ended).toEqual([0, null]);
  const [, audio, video] = /Ada has left. So far \{"audio":(\d+),"video":(\d+)\}/.exec(said) ?? [];
  expect(Number(audio)).toBeGreaterThan(0);
  expect(Number(video)).toBeGreaterThan(0);
});

test.describe("in a room of three", () => {
  test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

  test("two bots and a page are a mesh: media from everybody to everybody, a screen, words, and an end", async ({
    openBot,
    openPeer,
  }) => {
    const one = await openBot({ peerId: "one" });
    const page = await openPeer({ peerId: "page" });
    await page.sees(1);
    expect(await page.call()).toEqual({ success: true });
    await one.receives(["page"], "audio", "video");

    const two = await openBot({ peerId: "two" });
    await two.sees(2);
    for (const bot of [one, two]) await bot.send();
    expect(await two.cignal.joinRoom()).toEqual({ success: true });
    await two.receives(["page"], "audio", "video");
    await two.receives(["one"], "video");
    await one.receives(["two"], "video");
    await expect.poll(async () => (await page.events("remoteStream")).length).toBe(2);

    expect(await share(page)).toEqual({ success: true });
    await one.receives(["page"], "screen", "video");
    await two.receives(["page"], "screen");

    await page.inform("from the page");
    for (const bot of [one, two]) {
      await expect.poll(() => bot.informations).toEqual(["from the page"]);
    }
    await two.cignal.inform({ only: "for one" }, { to: "one" });
    await expect.poll(() => one.informations).toContainEqual({ only: "for one" });
    await one.cignal.inform("from one");
    await expect.poll(() => page.informations()).toEqual(["from one"]);

    await two.leave();
    await page.sees(1);
    await one.receives(["page"], "audio", "video");
    for (const bot of [one, two]) expect(bot.interruptions).toEqual([]);
  });
});

test("a call with a bot survives the loss of the server, new paths, and a connection that dies", async ({
  openBot,
  openPeer,
  server,
}) => {
  const bot = await openBot({ peerId: "bot" });
  const page = await openPeer({ peerId: "page" });
  await bot.send();
  await page.sees(1);
  expect(await page.call()).toEqual({ success: true });
  await bot.receives(["page"], "audio", "video");

  await test.step("the server is away", async () => {
    server.goDark();
    await expect.poll(() => bot.cignal.state.signaling).not.toBe("joined");
    await bot.cignal.inform("without the server");
    await expect.poll(() => page.informations()).toEqual(["without the server"]);
    await bot.receives(["page"], "audio");
    server.comeBack();
    await expect.poll(() => bot.cignal.state.signaling).toBe("joined");
    await expect.poll(async () => (await page.state()).signaling).toBe("joined");
  });
  await test.step("an ICE restart of the page's, then one of the bot's", async () => {
    await page.page.evaluate(() => cignal.simulate("renegotiation"));
    await bot.receives(["page"], "audio", "video");
    await bot.cignal.simulate("renegotiation");
    await bot.receives(["page"], "audio", "video");
    expect(bot.interruptions).toEqual([]);
  });
  await test.step("the connection dies", async () => {
    await page.page.evaluate(() => cignal.simulate("ice-failure"));
    await expect.poll(() => bot.interruptions.length).toBeGreaterThan(0);
    await bot.receives(["page"], "audio", "video");
    await bot.cignal.inform("after all");
    await expect.poll(() => page.informations()).toContain("after all");
  });
});
