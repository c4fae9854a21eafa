import { RedisStore } from "cignal-server/redis";
import { Redis } from "ioredis";
import { startCall } from "../lib/call.js";
import { startCluster } from "../lib/cluster.js";
import { watchForInterruptions } from "../lib/interruptions.js";
import { ResumingClient } from "../lib/resuming-client.js";
import { expect, test } from "../lib/test.js";
import { expectUntouched, socketOf } from "../lib/untouched.js";

// It only has the page.
test.use({ serverOptions: { cignal: "none" } });

const CALLS = 50;

test("L3, L4: kill -9 of one of two nodes under 50 calls hangs up nobody, leaves no ghost, and says nothing twice", async ({
  openPeer,
}) => {
  await using cluster = await startCluster();
  const { url, paths, redis } = cluster;
  const [one, two] = paths;
  const first = await openPeer({ url, path: one, peerId: "first" });
  const second = await openPeer({ url, path: two, peerId: "second" });
  const browsers = [first, second] as const;
  await Promise.all(browsers.map((peer) => peer.sees(1)));
  await startCall(first, second);
  for (const peer of browsers) await watchForInterruptions(peer);

  const pairs = await Promise.all(
    Array.from({ length: CALLS - 1 }, async (_, index) => {
      const a = await ResumingClient.enter(url, one, `room ${index}`, "a");
      // Some have both on the node that dies.
      const b = await ResumingClient.enter(url, index % 5 === 0 ? one : two, `room ${index}`, "b");
      return [a, b] as const;
    }),
  );
  await using client = disposable(new Redis(redis.url));
  const store = new RedisStore(client);
  const rooms = async () => {
    const page = await store.page({ limit: 1_000 });
    return page.rooms.map(({ id, members }) => [id, members.map(({ peer }) => peer.id)]);
  };
  const before = await rooms();
  expect(before).toHaveLength(CALLS);
  for (const [, members] of before) expect(members).toHaveLength(2);
  const clients = pairs.flat();
  for (const each of clients) each.heard.length = 0;
  const onFirst = pairs.flatMap(([a, b], index) => (index % 5 === 0 ? [a, b] : [a]));
  const socket = await socketOf(first);

  await cluster.end("SIGKILL");
  await expect
    .poll(() => onFirst.filter(({ hasResumed }) => !hasResumed), { timeout: 20_000 })
    .toEqual([]);
  await expect.poll(() => socketOf(first)).not.toBe(socket);
  await expect.poll(async () => (await first.state()).signaling).toBe("joined");

  const answers = pairs.flatMap(([a, b]) => [a.tell("b", "from a"), b.tell("a", "from b")]);
  expect(await Promise.all(answers)).toEqual(answers.map(() => ({})));
  await first.inform("from the other node");

  // The other node has taken over what was left of the dead one.
  await expect.poll(() => client.zcard("cignal:{nodes}:leases"), { timeout: 20_000 }).toBe(1);
  expect(await rooms()).toEqual(before);
  expect(await second.informations()).toEqual(["from the other node"]);
  await expectUntouched(browsers);
  for (const [a, b] of pairs) {
    expect([a.told, b.told]).toEqual([["from b"], ["from a"]]);
    expect([...a.heard, ...b.heard]).toEqual([]);
  }

  await Promise.all(clients.map((each) => each.leave()));
  for (const peer of browsers) await peer.leave();
  await expect.poll(() => store.count()).toBe(0);
  expect((await client.keys("*")).filter((key) => /:rooms?(:|$)/.test(key))).toEqual([]);
  for (const each of clients) each.close();
});

function disposable(client: Redis): Redis & AsyncDisposable {
  return Object.assign(client, {
    [Symbol.asyncDispose]: async () => client.disconnect(),
  });
}
