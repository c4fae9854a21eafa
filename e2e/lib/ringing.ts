import { expect } from "@playwright/test";
import { expectAudio, expectFrames } from "./media.js";
import type { Peer } from "./peer.js";
import type { TestServer } from "./server.js";

/** A call that rings and is not answered yet. */
export interface Ringing {
  caller: Peer;
  callee: Peer;
  /** What the call comes to for the caller. */
  outcome: ReturnType<Peer["call"]>;
}

/** Calls somebody who has the option `ring`. */
export async function startRinging(caller: Peer, callee: Peer): Promise<Ringing> {
  await Promise.all([callee.sees(1), caller.sees(1)]);
  const outcome = caller.call();
  await expect.poll(() => callStateOf(callee)).toBe("incoming");
  await expect.poll(() => callStateOf(caller)).toBe("ringing");
  return { caller, callee, outcome };
}

/** Nothing of the callee was touched: no device, no connection, no address. */
export async function expectUntouched(callee: Peer, server: TestServer): Promise<void> {
  expect(await callee.events("offerReceived")).toEqual([]);
  expect(await callee.capturedTracks()).toEqual([]);
  expect(await callee.connectionStates()).toEqual([]);
  expect(await callee.page.evaluate(() => lab.candidates)).toEqual([]);
  const { me } = await callee.state();
  const said = server.messages.filter(
    ({ peerId, direction }) => peerId === me.id && direction === "in",
  );
  expect(said.length).toBeGreaterThan(0);
  expect(JSON.stringify(said)).not.toContain("candidate:");
}

/** The callee accepts, and the call shows and sounds on both sides. */
export async function expectAccepted({ caller, callee, outcome }: Ringing): Promise<void> {
  expect(await callee.page.evaluate(() => lab.answer(lab.incoming().accept()))).toEqual({
    success: true,
  });
  expect(await outcome).toEqual({ success: true });
  await expectFrames(caller.page, callee.page);
  await expectAudio(caller.page, callee.page);
}

/** The callee declines, the caller is told, and no camera was lit. */
export async function expectDeclined({ caller, callee, outcome }: Ringing): Promise<void> {
  await callee.page.evaluate(() => lab.incoming().reject("in a meeting"));
  expect(await outcome).toMatchObject({
    success: false,
    error: { code: "call-rejected", message: "Peer declined the call: in a meeting." },
  });
  expect([await callStateOf(caller), await callStateOf(callee)]).toEqual(["waiting", "waiting"]);
  expect(await callee.capturedTracks()).toEqual([]);
}

/** Where the call with the other one stands. */
export async function callStateOf(peer: Peer) {
  return (await peer.state()).peers[0]?.call;
}
