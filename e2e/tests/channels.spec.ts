import type { Channel } from "cignal-client/channels";
import { addParts, addSample } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

declare global {
  var channel: Channel;
  var arrived: unknown[];
}

/** Opens the page's channel; what comes is in `heard`, bytes as lists. */
const listen = ({ page }: Peer, options = {}) =>
  page.evaluate((options) => {
    globalThis.arrived = [];
    globalThis.channel = parts.openChannel(cignal, "lines", options);
    channel.on("message", (data, { peer }) => {
      arrived.push([peer.id, data instanceof Uint8Array ? [...data] : data]);
    });
  }, options);

const heard = ({ page }: Peer) => page.evaluate(() => arrived);

test("B3: JSON, text and bytes go to one or to all, and back", async ({ openPair }) => {
  const pair = await openPair();
  await addParts(...pair);
  for (const peer of pair) await listen(peer);
  const [first, second] = pair;
  const outcomes = await first.page.evaluate(async () => [
    await channel.send({ x: [1, null] }),
    await channel.send("text", { to: "second" }),
    await channel.send(new Uint8Array([0, 255])),
    await channel.send("🙂".repeat(100_000)),
  ]);
  expect(outcomes).toEqual(Array(4).fill({ success: true }));
  await expect.poll(() => heard(second)).toHaveLength(4);
  const [json, text, bytes, long] = (await heard(second)) as [unknown, unknown, unknown, string[]];
  expect([json, text, bytes]).toEqual([
    ["first", { x: [1, null] }],
    ["first", "text"],
    ["first", [0, 255]],
  ]);
  expect(long[1]).toHaveLength(200_000);
  await second.page.evaluate(async () => void (await channel.send("back", { to: "first" })));
  await expect.poll(() => heard(first)).toEqual([["second", "back"]]);
});

test("B8: a lossy channel carries what it can, without a word of what it cannot", async ({
  openPair,
}) => {
  const pair = await openPair();
  await addParts(...pair);
  for (const peer of pair) await listen(peer, { reliable: false });
  const [first, second] = pair;
  const say = async () => {
    await first.page.evaluate(async () => void (await channel.send({ at: [1, 2] })));
    return heard(second);
  };
  await expect.poll(say).toContainEqual(["first", { at: [1, 2] }]);
});

test("B5, B6: 10,000 messages arrive once and in order, through a dead and a rebuilt connection", async ({
  openPair,
}) => {
  const pair = await openPair();
  await addParts(...pair);
  for (const peer of pair) await listen(peer);
  const [first, second] = pair;
  const sent = first.page.evaluate(async () => {
    for (let number = 0; number < 10_000; number++) {
      if (number === 5_000) void cignal.simulate("ice-failure");
      const outcome = await channel.send({ number, text: "x".repeat(200) });
      if (!outcome.success) throw outcome.error;
    }
  });
  const count = () => second.page.evaluate(() => arrived.length);
  await sent;
  await expect.poll(count, { timeout: 30_000 }).toBe(10_000);
  const numbers = await second.page.evaluate(() =>
    (arrived as [string, { number: number }][]).map(([, { number }]) => number),
  );
  expect(numbers).toEqual(Array.from({ length: 10_000 }, (_, number) => number));
  expect(await first.connectionStates()).toContain("closed");
});

test("The sample of docs/channels.md draws on the other's board", async ({ openPair }) => {
  const pair = await openPair();
  for (const peer of pair) {
    await peer.page.evaluate(() => {
      document.body.innerHTML = "<canvas id=board width=600 height=400></canvas>";
    });
    await addSample(peer, "channels.js");
  }
  const [{ page }, second] = pair;
  await page.mouse.move(50, 50);
  await page.mouse.down();
  await page.mouse.move(300, 200, { steps: 5 });
  await page.mouse.up();
  const drawn = () =>
    second.page.evaluate(() => {
      const { data } =
        document.querySelector("canvas")?.getContext("2d")?.getImageData(0, 0, 600, 400) ?? {};
      return data?.some((value) => value > 0);
    });
  await expect.poll(drawn).toBe(true);
});
