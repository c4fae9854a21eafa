import { expect } from "@playwright/test";
import { expectFrames } from "./media.js";
import type { Peer } from "./peer.js";

/**
 * Starts a call that shows on both sides. From then on each page knows of the call's connection alone: whoever calls
 * before the other one's warm offer has come makes one more, and glare closes one of the two (S5).
 */
export async function startCall(caller: Peer, callee: Peer): Promise<void> {
  expect(await caller.call()).toEqual({ success: true });
  await expectFrames(caller.page, callee.page);
  for (const peer of [caller, callee]) await peer.forgetClosed();
}
