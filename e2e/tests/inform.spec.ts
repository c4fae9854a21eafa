import type { Answer } from "../lib/page-script.js";
import { passedOn } from "../lib/signals.js";
import { expect, test } from "../lib/test.js";

const mediaConstraints = { audio: false, video: false };
const markup = '<img src=x onerror="document.title=1"><script>alert(1)</script> & "quotes" 😀';

test("I1, P1: inform goes through the server before there is a connection, and peer to peer from then on", async ({
  openPair,
  server,
}) => {
  const [first, second] = await openPair({ warm: false, mediaConstraints });
  expect(await first.inform({ chatMessage: "before" })).toEqual({ success: true });
  expect(await second.inform({ chatMessage: "back" })).toEqual({ success: true });
  await expect.poll(() => second.informations()).toEqual([{ chatMessage: "before" }]);
  await expect.poll(() => first.informations()).toEqual([{ chatMessage: "back" }]);
  expect(passedOn(server, "information")).toBe(2);

  await first.call();
  for (const peer of [first, second]) {
    await expect.poll(() => peer.channelStates()).toEqual(["open"]);
  }
  await first.inform({ chatMessage: "during" });
  await second.inform({ chatMessage: "back again" });
  await expect.poll(() => second.informations()).toHaveLength(2);
  await expect.poll(() => first.informations()).toHaveLength(2);
  expect((await second.informations())[1]).toEqual({ chatMessage: "during" });
  expect((await first.informations())[1]).toEqual({ chatMessage: "back again" });
  expect(passedOn(server, "information")).toBe(2);
});

test("I1: what arrives is what was sent: any JSON, markup as text, up to the limit, in order", async ({
  openPair,
}) => {
  const sent = [markup, { [markup]: [markup] }, 0, false, null, [], "x".repeat(65_000), "last"];
  for (const warm of [false, true]) {
    await test.step(warm ? "peer to peer" : "through the server", async () => {
      const roomId = `inform ${warm}`;
      const [first, second] = await openPair({ warm, roomId, mediaConstraints });
      if (warm) {
        for (const peer of [first, second]) {
          await expect.poll(() => peer.channelStates()).toEqual(["open"]);
        }
      }
      for (const data of sent) expect(await first.inform(data)).toEqual({ success: true });
      await expect.poll(() => second.informations()).toEqual(sent);
    });
  }
});

test("information says who has sent it", async ({ openPeer }) => {
  const first = await openPeer({ peerId: "a", peerName: "Ada", role: "host", mediaConstraints });
  const second = await openPeer({ peerId: "b", mediaConstraints });
  await Promise.all([first.sees(1), second.sees(1)]);
  await first.inform("hello");
  await expect
    .poll(() => second.events("information"))
    .toMatchObject([["hello", { peer: { id: "a", name: "Ada", role: "host", host: true } }]]);
});

test.describe("in a room of three", () => {
  test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

  for (const warm of [true, false]) {
    test(`I1: inform reaches all, or only whom it names (${warm ? "peer to peer" : "through the server"})`, async ({
      openPeer,
    }) => {
      const options = { warm, mediaConstraints };
      const a = await openPeer({ ...options, peerId: "a" });
      const b = await openPeer({ ...options, peerId: "b" });
      const c = await openPeer({ ...options, peerId: "c" });
      for (const peer of [a, b, c]) {
        await peer.sees(2);
        if (warm) await expect.poll(() => peer.channelStates()).toEqual(["open", "open"]);
      }

      await a.inform("for b", { to: "b" });
      await a.inform("for c", { to: "c" });
      await a.inform("for all");
      await c.inform("from c", { to: "b" });

      await expect.poll(() => b.informations()).toHaveLength(3);
      expect(new Set(await b.informations())).toEqual(new Set(["for b", "for all", "from c"]));
      await expect.poll(() => c.informations()).toEqual(["for c", "for all"]);
      expect(await a.informations()).toEqual([]);
    });
  }
});

test("I2: data that is no JSON or too long, and somebody who is not there, are refused and sent to nobody", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints });
  const wrong = ["a function", "nothing", "65,537 characters", "a cycle", "a function inside"];
  for (const what of wrong) {
    await test.step(what, async () => {
      expect(await first.page.evaluate(informWrongly, what)).toMatchObject({
        success: false,
        error: { name: "CignalError", code: "bad-argument", field: "data" },
      });
    });
  }
  expect(await first.inform("hello", { to: "nobody" })).toMatchObject({
    success: false,
    error: { code: "nobody-here" },
  });
  await first.inform("the only one");
  await expect.poll(() => second.informations()).toEqual(["the only one"]);
  expect((await first.clientErrors()).map(({ code }) => code)).toEqual([
    ...wrong.map(() => "bad-argument"),
    "nobody-here",
  ]);
});

/** Runs in the page: nothing of this could be handed to it. */
function informWrongly(what: string): Promise<Answer> {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const wrong: Record<string, unknown> = {
    "a function": () => {},
    nothing: undefined,
    "65,537 characters": "x".repeat(65_535),
    "a cycle": cycle,
    "a function inside": { deep: [() => {}] },
  };
  return lab.answer(cignal.inform(wrong[what]));
}
