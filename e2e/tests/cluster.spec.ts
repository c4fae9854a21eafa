import type { CignalOptions } from "cignal-client";
import { startCall } from "../lib/call.js";
import { type Cluster, startCluster } from "../lib/cluster.js";
import { watchForInterruptions } from "../lib/interruptions.js";
import { expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";
import { expectUntouched, socketOf } from "../lib/untouched.js";

// It only has the page.
test.use({ serverOptions: { cignal: "none" } });

/** A call between two pages that are on different nodes, watched for interruptions from then on. */
async function callAcross(
  { url, paths: [one, two] }: Cluster,
  openPeer: (options: CignalOptions) => Promise<Peer>,
): Promise<[Peer, Peer]> {
  const first = await openPeer({ url, path: one, peerId: "first" });
  const second = await openPeer({ url, path: two, peerId: "second" });
  await Promise.all([first.sees(1), second.sees(1)]);
  await startCall(first, second);
  for (const peer of [first, second]) await watchForInterruptions(peer);
  return [first, second];
}

for (const [how, signal] of [
  ["dies without a word", "SIGKILL"],
  ["is stopped in order", "SIGTERM"],
] as const) {
  test(`L4, L6: a node that ${how} under a call across two nodes ends nothing, and its client goes on at the other`, async ({
    openPeer,
  }) => {
    await using cluster = await startCluster();
    const [first, second] = await callAcross(cluster, openPeer);

    const socket = await socketOf(first);
    await cluster.end(signal);

    await expectFrames(first.page, second.page);
    await expect.poll(() => socketOf(first), { timeout: 20_000 }).not.toBe(socket);
    await expect.poll(async () => (await first.state()).signaling).toBe("joined");
    expect((await second.state()).signaling).toBe("joined");
    await first.inform("from the other node");
    await expect.poll(() => second.informations()).toEqual(["from the other node"]);
    await expectUntouched([first, second]);
  });
}

test("while Redis is away a call across two nodes goes on, and whoever comes is told to come later; empty again, it is filled", async ({
  openPeer,
  openPage,
  roomId,
}) => {
  await using cluster = await startCluster();
  const [first, second] = await callAcross(cluster, openPeer);

  await cluster.redis.kill();
  const third = await openPage();
  const entering = { url: cluster.url, path: cluster.paths[1], roomId, peerId: "third" };
  expect(await third.enter(entering)).toMatchObject({
    success: false,
    error: { code: "unavailable", retryable: true },
  });
  await first.inform("without Redis");
  await expect.poll(() => second.informations()).toEqual(["without Redis"]);

  await cluster.redis.start();
  await expect
    .poll(() => third.enter(entering), { timeout: 20_000 })
    .toMatchObject({ success: false, error: { code: "room-full" } });
  await expectUntouched([first, second]);
});
