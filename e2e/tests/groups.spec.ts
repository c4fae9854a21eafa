import { areKept, expectEverybody, keepConnections, watchGroup } from "../lib/group.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

test.use({ serverOptions: { cignal: { groups: true } } });

/** Two cores encode and decode them twelve times. */
const tiny = { audio: true, video: { width: 160, height: 120, frameRate: 10 } };

const callsOf = async (peer: Peer) => {
  const { peers } = await peer.state();
  return Object.fromEntries(peers.map(({ id, call }) => [id, call]));
};

/** The ids of who came, or who went, in the order in which the page heard it. */
const toldOf = async (peer: Peer, name: "peerJoined" | "peerHangUp") =>
  (await peer.events(name)).map(([, about]) => (about as { peer: { id: string } }).peer.id);

const idsOf = async (peer: Peer) => (await peer.state()).peers.map(({ id }) => id);

test("A mesh of four shows 12 videos, whoever else comes and goes, and whatever becomes of one connection", async ({
  openPeer,
}) => {
  test.slow();
  const ids = ["a", "b", "c", "d"];
  const four: Peer[] = [];
  for (const peerId of ids) {
    const peer = await openPeer({ peerId, mediaConstraints: tiny });
    await watchGroup(peer);
    await peer.sees(four.length);
    if (four.length > 0) expect(await peer.call()).toEqual({ success: true });
    four.push(peer);
  }
  await expectEverybody(four, ids);
  const [a, b, c, d] = four as [Peer, Peer, Peer, Peer];
  for (const [index, peer] of four.entries()) {
    expect(await idsOf(peer)).toEqual(ids.filter((_, other) => other !== index));
    await keepConnections(peer, await idsOf(peer));
  }

  // A fifth takes part, and a sixth is merely there.
  const fifth = await openPeer({ peerId: "e", mediaConstraints: { audio: true } });
  expect(await fifth.call()).toEqual({ success: true });
  const sixth = await openPeer({ peerId: "f", mediaConstraints: tiny });
  for (const peer of four) {
    await peer.sees(5);
    await expect.poll(() => callsOf(peer)).toMatchObject({ e: "in-call", f: "waiting" });
  }
  await fifth.leave();
  await sixth.leave();
  for (const [index, peer] of four.entries()) {
    await peer.sees(3);
    const others = ids.filter((_, other) => other !== index);
    expect(await idsOf(peer)).toEqual(others);
    expect((await toldOf(peer, "peerJoined")).sort()).toEqual([...others, "e", "f"]);
    expect(await toldOf(peer, "peerHangUp")).toEqual(["e", "f"]);
    expect(await areKept(peer)).toEqual(others);
  }

  await a.page.evaluate(() => connectionTo("b")?.close());
  await expect.poll(() => b.events("reconnected")).toMatchObject([[{ peer: { id: "a" } }]]);
  await expectEverybody(four, ids);
  expect(await areKept(a)).toEqual(["c", "d"]);
  expect(await areKept(b)).toEqual(["c", "d"]);
  expect(await areKept(c)).toEqual(["a", "b", "d"]);

  await d.leave();
  await expectEverybody([a, b, c], ["a", "b", "c"]);
  expect(await areKept(c)).toEqual(["a", "b"]);
});

test("The call of two goes on untouched when a third calls and reloads, and with the third when one comes back", async ({
  openPeer,
  roomId,
}) => {
  const ids = ["a", "b", "c"];
  const a = await openPeer({ peerId: "a" });
  const b = await openPeer({ peerId: "b" });
  for (const peer of [a, b]) {
    await watchGroup(peer);
    await peer.sees(1);
  }
  expect(await b.call()).toEqual({ success: true });
  await expectEverybody([a, b], ["a", "b"]);
  await keepConnections(a, ["b"]);

  const c = await openPeer({ peerId: "c" });
  await a.sees(2);
  expect(await callsOf(a)).toEqual({ b: "in-call", c: "waiting" });
  expect(await c.call()).toEqual({ success: true });
  await watchGroup(c);
  await expectEverybody([a, b, c], ids);

  // Who reloads is in the calls that were on.
  await c.page.reload();
  expect(await c.enter({ peerId: "c", roomId })).toEqual({ success: true });
  await watchGroup(c);
  await expectEverybody([a, b, c], ids);
  expect(await areKept(a)).toEqual(["b"]);
  expect(await a.events("peerHangUp")).toEqual([]);

  await keepConnections(a, ["c"]);
  await b.leave();
  await a.sees(1);
  expect(await b.enter({ peerId: "b", roomId })).toEqual({ success: true });
  await b.sees(2);
  expect(await callsOf(a)).toEqual({ c: "in-call", b: "waiting" });
  expect(await b.call()).toEqual({ success: true });
  await expectEverybody([a, b, c], ids);
  expect(await areKept(a)).toEqual(["c"]);
});
