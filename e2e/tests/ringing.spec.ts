import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const about = (id: string) => ({ peer: { id } });

interface Ringing {
  caller: Peer;
  callee: Peer;
  /** What the call comes to for the caller. */
  outcome: ReturnType<Peer["call"]>;
}

const ringing = test.extend<{ ring: () => Promise<Ringing> }>({
  ring: async ({ openPeer }, use) => {
    await use(async () => {
      const callee = await openPeer({ peerId: "callee", ring: true });
      const caller = await openPeer({ peerId: "caller" });
      await Promise.all([callee.sees(1), caller.sees(1)]);
      const outcome = caller.call();
      await expect.poll(() => stateOf(callee)).toBe("incoming");
      await expect.poll(() => stateOf(caller)).toBe("ringing");
      return { caller, callee, outcome };
    });
  },
});

ringing(
  "N1: a call that rings touches nothing of the callee before it is accepted",
  async ({ ring, server }) => {
    const { caller, callee, outcome } = await ring();
    expect(await callee.events("incomingCall")).toMatchObject([[{}, about("caller")]]);
    expect(await callee.events("offerReceived")).toEqual([]);
    expect(await callee.capturedTracks()).toEqual([]);
    expect(await callee.connectionStates()).toEqual([]);
    expect(await callee.page.evaluate(() => lab.candidates)).toEqual([]);
    const said = server.messages.filter(
      ({ peerId, direction }) => peerId === "callee" && direction === "in",
    );
    expect(said.length).toBeGreaterThan(0);
    expect(JSON.stringify(said)).not.toContain("candidate:");

    expect(await callee.page.evaluate(() => lab.answer(lab.incoming().accept()))).toEqual({
      success: true,
    });
    expect(await outcome).toEqual({ success: true });
    await expectFrames(caller.page, callee.page);
    await expectAudio(caller.page, callee.page);
  },
);

ringing(
  "N2: the caller is told that the call was declined, and no camera was lit",
  async ({ ring }) => {
    const { caller, callee, outcome } = await ring();
    await callee.page.evaluate(() => lab.incoming().reject("in a meeting"));
    expect(await outcome).toMatchObject({
      success: false,
      error: { code: "call-rejected", message: "Peer declined the call: in a meeting." },
    });
    expect([await stateOf(caller), await stateOf(callee)]).toEqual(["waiting", "waiting"]);
    expect(await callee.capturedTracks()).toEqual([]);

    const again = caller.call();
    await expect.poll(() => stateOf(callee)).toBe("incoming");
    await callee.page.evaluate(() => void lab.incoming().accept());
    expect(await again).toEqual({ success: true });
  },
);

ringing("N3: a call that is taken back stops ringing, and the callee is told", async ({ ring }) => {
  const { caller, callee, outcome } = await ring();
  await caller.page.evaluate(() => cignal.cancelCall());
  expect(await outcome).toMatchObject({ success: false, error: { code: "call-cancelled" } });
  await expect
    .poll(() => callee.events("callCancelled"))
    .toMatchObject([[{ reason: "cancelled" }, about("caller")]]);
  expect(await stateOf(callee)).toBe("waiting");
  expect(await callee.page.evaluate(() => lab.answer(lab.incoming().accept()))).toMatchObject({
    error: { code: "call-cancelled" },
  });
});

ringing("A caller who is gone stops ringing", async ({ ring }) => {
  const { caller, callee } = await ring();
  await caller.leave();
  await expect.poll(() => callee.events("callCancelled")).toMatchObject([[{ reason: "left" }, {}]]);
});

/** Where the call with the other one stands. */
async function stateOf(peer: Peer) {
  return (await peer.state()).peers[0]?.call;
}
