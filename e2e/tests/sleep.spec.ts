import type { Browser } from "@playwright/test";
import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { putToSleep, type Sleeper } from "../lib/sleep.js";
import { test as base, expect } from "../lib/test.js";

interface Fixtures {
  /** Two in a call. The second one has a browser of its own, that can be put to sleep without the first one's. */
  openCallToSleeper: () => Promise<{ stays: Peer; sleeps: Peer }>;
  /** Puts the second one to sleep; it is awake again at the latest when the test is over. */
  sleep: (sleeper: Sleeper) => Promise<() => void>;
  sleepersBrowser: Browser;
}

const test = base.extend<Fixtures>({
  sleepersBrowser: async ({ launch }, use) => {
    await use(await launch((flags) => flags));
  },

  openCallToSleeper: async ({ openPeer, sleepersBrowser }, use) => {
    await use(async () => {
      const stays = await openPeer({ peerId: "stays" });
      const sleeps = await openPeer({ peerId: "sleeps" }, { browser: sleepersBrowser });
      await stays.sees(1);
      await startCall(stays, sleeps);
      return { stays, sleeps };
    });
  },

  // Ends before the pages do: they cannot be closed while they sleep.
  sleep: async ({ sleepersBrowser, openPage: _endsLater }, use) => {
    const wakes: (() => void)[] = [];
    await use(async (sleeper) => {
      const wake = await putToSleep(sleepersBrowser, sleeper);
      wakes.push(wake);
      return wake;
    });
    for (const wake of wakes) wake();
  },
});

for (const sleeper of ["page", "machine"] as const) {
  test.describe("with a short grace period", () => {
    test.use({ serverOptions: { cignal: { gracePeriodMs: 1_000 } } });

    test(`L3, L4, D7: a ${sleeper} that sleeps longer than the grace period is gone, once, and back in the call when it wakes`, async ({
      openCallToSleeper,
      server,
      sleep,
    }) => {
      const { stays, sleeps } = await openCallToSleeper();

      const wake = await sleep(sleeper);
      await expect.poll(() => stays.events("reconnecting")).not.toEqual([]);
      expect(await stays.events("peerHangUp")).toEqual([]);
      // What the server would find out by itself after 25 s (K2).
      server.drop("sleeps");
      const hangUps = () => stays.events("peerHangUp");
      await expect.poll(hangUps).toMatchObject([[{ reason: "timeout" }, {}]]);
      wake();

      await Promise.all([stays.sees(1), sleeps.sees(1)]);
      await expectFrames(stays.page, sleeps.page);
      await expectAudio(stays.page, sleeps.page);
      expect(await hangUps()).toHaveLength(1);
      expect(await stays.events("peerJoined")).toHaveLength(2);
      expect(await sleeps.events("peerHangUp")).toEqual([]);
      expect((await server.cignal.rooms.all())[0]?.peers).toHaveLength(2);
    });
  });

  test(`K3, K4, L4: a ${sleeper} that sleeps shorter than the grace period is missed, and the call goes on when it wakes`, async ({
    openCallToSleeper,
    server,
    sleep,
  }) => {
    const { stays, sleeps } = await openCallToSleeper();

    const wake = await sleep(sleeper);
    await expect.poll(() => stays.events("reconnecting")).not.toEqual([]);
    server.drop("sleeps");
    const room = async () => (await server.cignal.rooms.all())[0]?.peers;
    await expect.poll(room).toMatchObject([{ connected: true }, { connected: false }]);
    wake();

    await expectFrames(stays.page, sleeps.page);
    await expectAudio(stays.page, sleeps.page);
    await expect.poll(room).toMatchObject([{ connected: true }, { connected: true }]);
    for (const peer of [stays, sleeps]) {
      await expect.poll(async () => (await peer.state()).peers[0]?.reconnecting).toBeUndefined();
      expect(await peer.events("peerHangUp")).toEqual([]);
      expect(await peer.events("peerJoined")).toHaveLength(1);
    }
    expect((await stays.events("reconnected")).length).toBeGreaterThan(0);
  });
}

test("L4, P6: a page that comes back by the back button enters as the same peer, and the call goes on", async ({
  openPeer,
  roomId,
  server,
}) => {
  const stays = await openPeer({ peerId: "stays" });
  const returns = await openPeer();
  await stays.sees(1);
  await startCall(stays, returns);
  const me = () => returns.page.evaluate(() => cignal.data.myPeerId);
  const id = await me();

  await returns.page.goto(`${server.url}/elsewhere`);
  await expect
    .poll(() => stays.events("reconnecting"))
    .toMatchObject([[{ peer: { id }, cause: "page-hidden" }]]);
  await returns.page.goBack();
  // Playwright's Chromium keeps no page for the button, so this one is new.
  expect(await returns.enter({ roomId })).toEqual({ success: true });

  expect(await me()).toBe(id);
  await expectFrames(stays.page, returns.page);
  expect(await stays.events("peerHangUp")).toEqual([]);
  expect(await stays.events("peerJoined")).toHaveLength(1);
});
