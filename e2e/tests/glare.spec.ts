import type { Page } from "@playwright/test";
import { expect, test } from "../lib/test.js";

const ROUNDS = 50;

interface Round {
  outcomes: boolean[];
  /** Of all connections that were made in this round. */
  connections: { connection: string; signaling: string }[];
}

// Two Cignals of one page: nothing else clicks twice within one tick.
test(`S5, S6, P3, DEFECTS 11: both start the call in one tick, ${ROUNDS} times, and each time one stable connection is left`, async ({
  openPage,
  server,
  roomId,
}) => {
  test.setTimeout(180_000);
  const { page } = await openPage();

  for (let round = 0; round < ROUNDS; round++) {
    const warm = round % 2 === 0;
    const { outcomes, connections } = await startBoth(page, {
      roomId: `${roomId} ${round}`,
      warm,
    });
    expect(outcomes).toEqual([true, true]);
    const left = connections.filter(({ connection }) => connection !== "closed");
    expect(left).toEqual(Array(2).fill({ connection: "connected", signaling: "stable" }));
    // Cold, each made a connection of its own, and the polite one a second one for its answer: it was glare.
    expect(connections).toHaveLength(warm ? 2 : 3);
    await expect.poll(() => page.evaluate(framesOfTheLiving)).toEqual([true, true]);
    expect(await page.evaluate(() => glare.told)).toEqual({ remoteStreams: [1, 1], errors: [] });
    await page.evaluate(() => Promise.all(glare.cignals.map((cignal) => cignal.leaveRoom())));
  }

  await expect.poll(() => server.cignal.rooms.count()).toBe(0);
  expect(await page.evaluate(() => lab.captured.some((track) => track.readyState === "live"))).toBe(
    false,
  );
});

declare global {
  /** The pair of the round. */
  var glare: {
    cignals: (typeof cignal)[];
    told: { remoteStreams: [number, number]; errors: string[] };
  };
}

function startBoth(page: Page, options: { roomId: string; warm: boolean }): Promise<Round> {
  return page.evaluate(async ({ roomId, warm }) => {
    const before = lab.connections.length;
    const mediaConstraints = { audio: true, video: { width: 320, height: 240, frameRate: 15 } };
    const told: typeof glare.told = { remoteStreams: [0, 0], errors: [] };
    const enter = async (index: 0 | 1) => {
      const peerId = `peer ${index}`;
      const cignal = await Cignal.createRoom({ roomId, peerId, warm, mediaConstraints });
      cignal.on("remoteStream", () => {
        told.remoteStreams[index]++;
      });
      cignal.on("clientError", ({ reason }) => told.errors.push(reason));
      cignal.on("serverError", ({ reason }) => told.errors.push(reason.message));
      return cignal;
    };
    const ready = (cignal: Awaited<ReturnType<typeof enter>>) =>
      new Promise<void>((resolve) => {
        cignal.on("stateChanged", ({ peers: [peer] }) => {
          if (peer && (!warm || peer.connection === "connected")) resolve();
        });
      });

    const cignals = [await enter(0), await enter(1)];
    globalThis.glare = { cignals, told };
    await Promise.all(cignals.map(ready));
    const outcomes = await Promise.all(cignals.map((cignal) => cignal.joinRoom()));
    return {
      outcomes: outcomes.map(({ success }) => success),
      connections: lab.connections.slice(before).map((pc) => ({
        connection: pc.connectionState,
        signaling: pc.signalingState,
      })),
    };
  }, options);
}

/** Whether each connection that is in use has decoded anything. */
function framesOfTheLiving(): Promise<boolean[]> {
  const living = lab.connections.filter((pc) => pc.connectionState !== "closed");
  return Promise.all(
    living.map(async (pc) =>
      [...(await pc.getStats()).values()].some(({ framesDecoded }) => framesDecoded > 0),
    ),
  );
}
