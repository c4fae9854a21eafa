import { setTimeout as sleep } from "node:timers/promises";
import { alone } from "../lib/alone.js";
import { startCall } from "../lib/call.js";
import { test as base } from "../lib/firefox.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect } from "../lib/test.js";
import { throughLink, UdpLink } from "../lib/udp-link.js";

interface Fixtures {
  link: UdpLink;
  /** Firefox and Chromium in a call that goes through the link; they reach the server by another way. */
  openLinkedCall: () => Promise<[Peer, Peer]>;
}

const test = base.extend<Fixtures>({
  link: alone(async (use) => {
    const link = new UdpLink();
    await use(link);
    await link.close();
  }),

  openLinkedCall: async ({ browser, firefox, link, openPeer, startServer }, use) => {
    await use(async () => {
      const { url } = await startServer({ listener: link.listener });
      const page = { url, before: throughLink };
      const pair: [Peer, Peer] = [
        await openPeer({ peerId: "Firefox" }, { ...page, browser: firefox }),
        await openPeer({ peerId: "Chromium" }, { ...page, browser }),
      ];
      await Promise.all(pair.map((peer) => peer.sees(1)));
      await startCall(...pair);
      return pair;
    });
  },
});

test("A call between Firefox and Chromium goes on after an outage that both have noticed", async ({
  link,
  openLinkedCall,
}) => {
  const pair = await openLinkedCall();

  link.cut = true;
  for (const peer of pair) {
    await expect.poll(() => peer.events("reconnecting")).not.toEqual([]);
  }
  link.cut = false;

  await expectCall(pair);
});

test("A call between Firefox and Chromium is on again after an outage that has cost the connection", async ({
  link,
  openLinkedCall,
}) => {
  test.setTimeout(120_000);
  const pair = await openLinkedCall();

  link.cut = true;
  // Chromium says "failed" after 18 s, Firefox after 28.
  await sleep(30_000);
  link.cut = false;

  await expectCall(pair);
});

async function expectCall(pair: [Peer, Peer]): Promise<void> {
  const [first, second] = pair.map(({ page }) => page) as [Peer["page"], Peer["page"]];
  await expectFrames(first, second);
  await expectAudio(first, second);
  for (const peer of pair) {
    await expect.poll(async () => (await peer.connectionStates()).at(-1)).toBe("connected");
    expect(await peer.events("remoteStream")).toHaveLength(1);
    expect(await peer.clientErrors()).toEqual([]);
  }
}
