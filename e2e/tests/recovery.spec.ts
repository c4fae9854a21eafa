import type { Scenario } from "cignal-client";
import { expectAudio, expectFrames, expectSilence } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const simulate = ({ page }: Peer, scenario: Scenario, forMs?: number) =>
  page.evaluate(
    ({ scenario, forMs }) => lab.answer(cignal.simulate(scenario, forMs ? { forMs } : {})),
    { scenario, forMs },
  );

/** Waits until every trouble that a side has told of is over. */
async function isWellAgain(peer: Peer): Promise<void> {
  const troubles = async () => {
    const begun = (await peer.events("reconnecting")).length;
    const over = (await peer.events("reconnected")).length;
    const [other] = (await peer.state()).peers;
    return { left: begun - over, now: other?.reconnecting, connection: other?.connection };
  };
  await expect.poll(troubles).toEqual({ left: 0, now: undefined, connection: "connected" });
  for (const [{ gapMs }] of (await peer.events("reconnected")) as [{ gapMs: number }][]) {
    expect(gapMs).toBeGreaterThan(0);
  }
}

/** Nobody was told that anybody had gone, or that anything had gone wrong. */
async function expectUndisturbed(...peers: Peer[]): Promise<void> {
  for (const peer of peers) {
    expect(await peer.events("peerHangUp")).toEqual([]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
    expect(await peer.events("remoteStream")).toHaveLength(1);
    expect(await peer.clientErrors()).toEqual([]);
  }
}

for (const side of ["impolite", "polite"] as const) {
  test(`K4: a connection that dies without a word is made anew (by the ${side} side)`, async ({
    openCall,
  }) => {
    const [first, second] = await openCall();
    const victim = side === "polite" ? first : second;

    const [before] = await victim.connectionStates();
    expect(before).toBe("connected");
    expect(await simulate(victim, "ice-failure")).toEqual({ success: true });
    await expect.poll(() => victim.connectionStates()).toEqual(["closed", "connected"]);
    // Who is given a new connection at once has nothing to tell.
    await isWellAgain(second === victim ? first : second);
    await isWellAgain(victim);
    await expectFrames(first.page, second.page);
    await expectAudio(first.page, second.page);
    await expectUndisturbed(first, second);
  });
}

test("K4: both sides may lose the connection at once", async ({ openCall }) => {
  const [first, second] = await openCall();
  await Promise.all([simulate(first, "ice-failure"), simulate(second, "ice-failure")]);
  for (const peer of [first, second]) {
    await expect.poll(() => peer.events("reconnecting")).not.toEqual([]);
    await isWellAgain(peer);
  }
  await expectFrames(first.page, second.page);
  await expectUndisturbed(first, second);
});

test("K4: who is muted and has the camera off stays so in a new connection", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await expectAudio(first.page, second.page);
  await second.page.evaluate(() => {
    cignal.microphone.mute();
    cignal.camera.stop();
  });
  await simulate(first, "ice-failure");
  await expect.poll(() => second.connectionStates()).toEqual(["closed", "connected"]);
  await expectAudio(second.page);
  for (const peer of [first, second]) await isWellAgain(peer);
  const enabled = () =>
    second.page.evaluate(() =>
      cignal.pc?.getSenders().map(({ track }) => track && [track.kind, track.enabled]),
    );
  expect(await enabled()).toEqual([["audio", false], null]);
  await expectSilence(first.page);
});

test("S6: a renegotiation with an ICE restart from both sides at once goes unnoticed", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  for (let time = 0; time < 5; time++) {
    await Promise.all([simulate(first, "renegotiation"), simulate(second, "renegotiation")]);
    await expectFrames(first.page, second.page);
  }
  await expectUndisturbed(first, second);
  for (const peer of [first, second]) {
    expect(await peer.events("reconnecting")).toEqual([]);
    expect(await peer.connectionStates()).toEqual(["connected"]);
  }
});

test("L4, D3: a lost socket comes back, and what was said meanwhile arrives once and in order", async ({
  openPair,
  server,
}) => {
  const [first, second] = await openPair({
    warm: false,
    mediaConstraints: { audio: false, video: false },
  });
  const lost = simulate(first, "signaling-loss", 2_000);
  await expect.poll(async () => (await first.state()).signaling).toBe("reconnecting");
  const informs = [1, 2, 3].map((data) => first.inform(data));
  expect(await lost).toEqual({ success: true });
  for (const inform of informs) expect(await inform).toEqual({ success: true });
  await expect.poll(() => second.informations()).toEqual([1, 2, 3]);
  expect(await server.cignal.rooms.count()).toBe(1);
  expect(await second.events("peerHangUp")).toEqual([]);
});

test("a slow link on one side leaves the other side's pictures alone", async ({ openCall }) => {
  const [first, second] = await openCall();
  const limits = () =>
    first.page.evaluate(() =>
      cignal.pc?.getSenders().map((sender) => sender.getParameters().encodings[0]?.maxBitrate),
    );
  const slow = simulate(first, "slow-link", 3_000);
  await expect.poll(limits).toEqual([50_000, 50_000]);
  await expectFrames(first.page);
  await slow;
  expect(await limits()).toEqual([undefined, undefined]);
  await expectUndisturbed(first, second);
});

test("an unknown scenario is refused by name", async ({ openPair }) => {
  const [first] = await openPair();
  expect(await simulate(first, "volcano" as Scenario)).toMatchObject({
    success: false,
    error: { code: "bad-argument", field: "scenario" },
  });
});
