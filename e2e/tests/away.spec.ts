import type { Peer } from "../lib/peer.js";
import type { TestServer } from "../lib/server.js";
import { expect, test } from "../lib/test.js";

const mediaConstraints = { audio: false, video: false };

test("L3, L4: what is said to somebody within their grace period arrives when they are back", async ({
  openPair,
  roomId,
  server,
}) => {
  const [first, second] = await openPair({ warm: false, mediaConstraints });
  await cutOff(second, server, roomId);
  const { success } = await first.inform("while you were away");
  await bringBack(second);
  await first.inform("now");
  await expect.poll(async () => (await second.informations()).at(-1)).toBe("now");
  expect(success).toBe(true);
  expect(await second.informations()).toEqual(["while you were away", "now"]);
});

test("S2, L4: a call that failed because the other one was cut off works when they are back", async ({
  openPair,
  roomId,
  server,
}) => {
  const [first, second] = await openPair({ warm: false, timeoutMs: 5_000, mediaConstraints });
  await cutOff(second, server, roomId);
  expect(await first.call()).toMatchObject({ success: false, error: { retryable: true } });
  await bringBack(second);
  expect(await first.call()).toEqual({ success: true });
});

test("S2, S5, L4: who joins while the other one is cut off can be called when they are back (joined by the impolite)", async ({
  openPeer,
  roomId,
  server,
}) => {
  const away = await openPeer({ peerId: "a", timeoutMs: 5_000, mediaConstraints });
  await cutOff(away, server, roomId);
  await openPeer({ peerId: "b", mediaConstraints });
  await bringBack(away);
  await away.sees(1);
  expect(await away.call()).toEqual({ success: true });
});

test("S2, S5, L4: who joins while the other one is cut off can be called when they are back (joined by the polite)", async ({
  openPeer,
  roomId,
  server,
}) => {
  const away = await openPeer({ peerId: "b", timeoutMs: 5_000, mediaConstraints });
  await cutOff(away, server, roomId);
  await openPeer({ peerId: "a", mediaConstraints });
  await bringBack(away);
  await away.sees(1);
  expect(await away.call()).toEqual({ success: true });
});

/** Takes the network from a page and waits until the server has noticed. */
async function cutOff({ page }: Peer, server: TestServer, roomId: string): Promise<void> {
  const peerId = await page.evaluate(() => cignal.data.myPeerId);
  await page.context().setOffline(true);
  // Whoever has no network cannot say so, and the server would wait for 25 s (K2).
  server.drop(peerId);
  const isConnected = async () => {
    const room = await server.cignal.rooms.get(roomId);
    return room?.peers.find(({ id }) => id === peerId)?.connected;
  };
  await expect.poll(isConnected).toBe(false);
}

async function bringBack(peer: Peer): Promise<void> {
  await peer.page.context().setOffline(false);
  await expect.poll(async () => (await peer.state()).signaling).toBe("joined");
}
