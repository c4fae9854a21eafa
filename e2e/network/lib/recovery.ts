import { expect } from "@playwright/test";
import type { CallSnapshot } from "cignal-client";
import type { RecordedEvent } from "../../lib/page-script.js";
import type { Peer } from "../../lib/peer.js";

export type Pair = [first: Peer, second: Peer];

export const pages = (pair: Pair) => pair.map(({ page }) => page);

/** Waits until both have been told that nothing arrives. */
export async function expectTrouble(pair: Pair): Promise<void> {
  for (const peer of pair) {
    await expect.poll(async () => (await troubles(peer))[0]?.name).toBe("reconnecting");
  }
}

/** Everything is as it was before the fault, and whoever was told of it has been told of its end. */
export async function expectRecovery(pair: Pair): Promise<void> {
  const ids = ["first", "second"];
  for (const [index, peer] of pair.entries()) {
    await expect.poll(async () => (await troubles(peer)).length % 2, { timeout: 60_000 }).toBe(0);
    const about = { peer: { id: ids[1 - index] } };
    const told = await troubles(peer);
    // A path that was just found may fail, too, and is told in the same way.
    for (const [order, { name, args }] of told.entries()) {
      expect(name).toBe(order % 2 === 0 ? "reconnecting" : "reconnected");
      const detail =
        order % 2 === 0 ? { cause: expect.any(String) } : { gapMs: expect.any(Number) };
      expect(args).toMatchObject([{ ...about, ...detail }]);
    }
  }
  for (const peer of pair) await expectSignaling(peer, "joined");
  const [first, second] = pair;
  expect(await first.inform("after it")).toEqual({ success: true });
  await expect.poll(() => second.informations()).toEqual(["after it"]);
  for (const peer of pair) {
    expect(await peer.events("peerHangUp")).toEqual([]);
    expect(await peer.events("remoteStream")).toHaveLength(1);
    expect(await peer.clientErrors()).toEqual([]);
  }
}

/** Nothing of the call has changed, and nobody was told otherwise. */
export async function expectUndisturbed(pair: Pair): Promise<void> {
  for (const peer of pair) {
    expect(await troubles(peer)).toEqual([]);
    expect(await peer.events("peerHangUp")).toEqual([]);
    expect(await peer.connectionStates()).toEqual(["connected"]);
  }
}

/** What the page was told about the connection, in order. */
async function troubles({ page }: Peer): Promise<RecordedEvent[]> {
  const events = await page.evaluate(() => lab.events);
  return events.filter(({ name }) => name === "reconnecting" || name === "reconnected");
}

/** Waits until the connection to the server is in this state. */
export async function expectSignaling(peer: Peer, state: CallSnapshot["signaling"]): Promise<void> {
  await expect.poll(async () => (await peer.state()).signaling, { timeout: 60_000 }).toBe(state);
}
