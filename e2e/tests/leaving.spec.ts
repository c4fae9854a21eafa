import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

test("L1, DEFECTS 12: hanging up ends everything on this side, tells the other one once, and the same page calls again", async ({
  openCall,
  roomId,
  server,
}) => {
  const [first, second] = await openCall();
  expect(await second.page.evaluate(ownState)).toMatchObject({ closed: false, pc: true });

  expect(await second.leave()).toEqual({ success: true });

  expect(await second.capturedTracks()).toEqual(["ended", "ended"]);
  expect(await second.connectionStates()).toEqual(["closed"]);
  expect(await second.page.evaluate(ownState)).toEqual({ closed: true, pc: false, media: false });
  await expect.poll(() => server.clients).toBe(1);
  await expect
    .poll(() => first.events("peerHangUp"))
    .toMatchObject([[{ reason: "left" }, { peer: { id: "second", name: "Peer" } }]]);
  expect(await first.capturedTracks()).toEqual(["live", "live"]);
  expect(await first.page.evaluate(ownState)).toEqual({ closed: false, pc: false, media: true });

  expect(await second.enter({ roomId, peerId: "second" })).toEqual({ success: true });
  await Promise.all([first.sees(1), second.sees(1)]);
  await second.call();
  await expectFrames(first.page, second.page);
  await expectAudio(first.page, second.page);
  for (const peer of [first, second]) {
    expect(await peer.connectionStates()).toEqual(["closed", "connected"]);
    expect(await peer.clientErrors()).toEqual([]);
  }
  expect(await first.events("peerHangUp")).toHaveLength(1);
  expect(await first.events("peerJoined")).toHaveLength(2);
});

test("L2, DEFECTS 12: who leaves can enter again with the same ids at once, again and again", async ({
  openPeer,
  roomId,
}) => {
  const options = { peerId: "same", mediaConstraints: { audio: false, video: false } };
  const other = await openPeer({ ...options, peerId: "other" });
  const again = await openPeer(options);
  for (let time = 1; time <= 20; time++) {
    await again.leave();
    expect(await again.enter({ roomId, ...options })).toEqual({ success: true });
  }
  await expect.poll(() => other.events("peerHangUp")).toHaveLength(20);
  await expect.poll(() => other.events("peerJoined")).toHaveLength(21);
  await Promise.all([other.isConnected(), again.isConnected()]);
  expect(await other.call()).toEqual({ success: true });
});

test("DEFECTS 12: leaving before anybody came releases camera, socket and room", async ({
  openPeer,
  server,
}) => {
  const alone = await openPeer();
  await expect.poll(() => alone.capturedTracks()).toEqual(["live", "live"]);

  expect(await alone.leave()).toEqual({ success: true });

  expect(await alone.capturedTracks()).toEqual(["ended", "ended"]);
  expect(await alone.page.evaluate(ownState)).toEqual({ closed: true, pc: false, media: false });
  await expect.poll(() => server.clients).toBe(0);
  await expect.poll(() => server.cignal.rooms.count()).toBe(0);
});

test("DEFECTS 12: a camera that is allowed only after leaving is released at once", async ({
  openPage,
  roomId,
}) => {
  const peer = await openPage();
  await peer.holdDevices();
  await peer.enter({ roomId });
  await peer.leave();

  await peer.releaseDevices();

  await expect.poll(() => peer.capturedTracks()).toEqual(["ended", "ended"]);
  expect(await peer.events("localStream")).toEqual([]);
});

test("DEFECTS 12: after leaving, every request says that the room was left, and leaving again does nothing", async ({
  openPair,
}) => {
  const [first, second] = await openPair();
  await first.leave();
  const closed = { success: false, error: { name: "CignalError", code: "closed" } };
  expect(await first.call()).toMatchObject(closed);
  expect(await first.inform("hello")).toMatchObject(closed);
  expect(await first.setICEServers([])).toMatchObject(closed);
  expect(await first.copyLink("a link")).toMatchObject(closed);
  expect(await first.leave()).toEqual({ success: true });
  await second.sees(0);
  expect(await second.events("peerHangUp")).toHaveLength(1);
});

test("DEFECTS 12: leaving from everywhere at once is leaving once", async ({
  openCall,
  server,
}) => {
  const [first, second] = await openCall();
  const outcomes = await first.page.evaluate(async () => {
    const fromListeners: Promise<unknown>[] = [];
    // Leaving changes the state, so this leaves while leaving.
    cignal.on("stateChanged", () => fromListeners.push(cignal.leaveRoom()));
    const both = await Promise.all([cignal.leaveRoom(), cignal.leaveRoom()]);
    return [...both, ...(await Promise.all(fromListeners))];
  });
  expect(outcomes.length).toBeGreaterThan(2);
  for (const outcome of outcomes) expect(outcome).toEqual({ success: true });

  await expect.poll(() => second.events("peerHangUp")).toMatchObject([[{ reason: "left" }, {}]]);
  expect(await first.capturedTracks()).toEqual(["ended", "ended"]);
  await expect.poll(() => server.clients).toBe(1);
});

const goodbyes: Record<string, (peer: Peer) => Promise<unknown>> = {
  "closes its tab": ({ page }) => page.close({ runBeforeUnload: true }),
  "goes to another page": ({ page }) => page.goto("about:blank"),
  "reloads its page": ({ page }) => page.reload(),
};

for (const [what, go] of Object.entries(goodbyes)) {
  test(`P5, L2: the other one knows at once when somebody ${what} during the call`, async ({
    openCall,
    server,
  }) => {
    const [first, second] = await openCall();

    await go(second);

    // The grace period is three times as long as this waits.
    await expect.poll(() => first.events("peerHangUp")).toMatchObject([[{ reason: "left" }, {}]]);
    await expect.poll(async () => (await server.cignal.rooms.all())[0]?.peers).toHaveLength(1);
    expect(await first.capturedTracks()).toEqual(["live", "live"]);
  });
}

test.describe("with a short grace period", () => {
  test.use({ serverOptions: { cignal: { gracePeriodMs: 1_000 } } });

  test("L3, DEFECTS 6: a page that crashes is gone once its grace period is over, and its place is free", async ({
    openCall,
    openPeer,
  }) => {
    const [first, second] = await openCall();

    const crashed = second.page.waitForEvent("crash");
    // Never finishes, and the context that ends it is the test's.
    second.page.goto("chrome://crash").catch(() => {});
    await crashed;

    // Chromium closes the WebSocket of a crashed page with the code of one that goes away (L7).
    await expect
      .poll(() => first.events("peerHangUp"))
      .toMatchObject([[{ reason: "left" }, { peer: { id: "second" } }]]);
    const third = await openPeer({ peerId: "third" });
    await first.sees(1);
    await startCall(third, first);
    expect(await first.events("peerHangUp")).toHaveLength(1);
  });
});

function ownState() {
  return {
    closed: cignal.closed,
    pc: cignal.pc !== null,
    media: cignal.localMedia !== null,
  };
}
