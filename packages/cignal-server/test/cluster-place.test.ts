import { expect, it, vi } from "vitest";
import { connect, join } from "./client.js";
import { startCluster, startNodeProcess } from "./cluster.js";
import { eventually } from "./eventually.js";

vi.setConfig({ testTimeout: 30_000 });

async function startPair(options = {}) {
  const { startNode } = await startCluster();
  return { one: await startNode(options), two: await startNode(options) };
}

it("O3, O4: a host on one node lets in who knocks on another, and turns away", async () => {
  const { one, two } = await startPair({ maxPeers: 4 });
  const { client: host } = await join(one.url, "room", "host");
  expect(await host.request("set-lock", { locked: true })).toEqual({});
  const shut = connect(two.url, { roomId: "room", peerId: "shut" });
  expect((await shut.next("refused")).code).toBe("room-locked");

  const knock = async (peerId: string) => {
    const client = connect(two.url, { roomId: "room", peerId, knock: true });
    await eventually(() => expect(client.inbox).toMatchObject([{ type: "waiting" }]));
    return client;
  };
  const [guest, stranger] = [await knock("guest"), await knock("stranger")];
  await eventually(() => {
    const knocks = host.inbox.filter(({ type }) => type === "knocking");
    expect(knocks.map(({ payload }) => payload)).toMatchObject([
      { peer: { id: "guest" } },
      { peer: { id: "stranger" } },
    ]);
  });
  expect(await host.request("admit", { peerId: "guest" })).toEqual({});
  expect((await guest.next("welcome")).peers).toMatchObject([{ id: "host", host: true }]);
  expect((await host.next("peer-joined")).peer.id).toBe("guest");
  expect(await host.request("turn-away", { peerId: "stranger" })).toEqual({});
  expect((await stranger.next("refused")).code).toBe("turned-away");
});

it("O5: who waits on one node comes in with a host on another", async () => {
  const authenticate = ({ peerId }: { peerId: string }) =>
    peerId === "host" ? { role: "host" } : {};
  const { one, two } = await startPair({ waitForHost: true, authenticate, maxPeers: 3 });
  const guest = connect(two.url, { roomId: "room", peerId: "guest" });
  await eventually(() => expect(guest.inbox).toMatchObject([{ type: "waiting" }]));
  await join(one.url, "room", "host");
  expect((await guest.next("welcome")).peers).toMatchObject([{ id: "host" }]);
});

it("O10: who watches on one node learns what happens on another", async () => {
  const { one, two } = await startPair();
  const watcher = connect(two.url, { roomId: "room", peerId: "eye", watch: true });
  expect(await watcher.next("presence")).toMatchObject({ open: false, size: 0 });
  const { client } = await join(one.url, "room", "a");
  expect(await watcher.next("presence")).toMatchObject({ open: true, size: 1 });
  client.disconnect();
  expect(await watcher.next("presence")).toMatchObject({ open: false, size: 0 });
});

it("O6, O8, O9: what a host does on one node reaches who is on another", async () => {
  const { one, two } = await startPair({ maxPeers: 4 });
  const { client: host } = await join(one.url, "room", "host");
  const { client: b } = await join(two.url, "room", "b");
  const { client: c } = await join(two.url, "room", "c");
  expect(await b.request("update", { name: "Bea", details: { team: 1 } })).toEqual({});
  await eventually(() =>
    expect(host.inbox).toContainEqual({
      type: "peer-updated",
      payload: {
        peer: { id: "b", name: "Bea", details: { team: 1 } },
        revision: expect.any(Number),
      },
    }),
  );
  expect(await host.request("remove", { peerId: "c" })).toEqual({});
  expect((await c.next("closed")).code).toBe("removed");
  expect(await host.request("transfer-host", { peerId: "b" })).toEqual({});
  await eventually(async () => expect(await b.request("set-lock", { locked: true })).toEqual({}));
  const back = connect(one.url, { roomId: "room", peerId: "c" });
  expect((await back.next("refused")).code).toBe("removed");
  expect(await b.request("end-room", {})).toEqual({});
  expect((await host.next("closed")).code).toBe("room-ended");
  expect(await two.cignal.rooms.count()).toBe(0);
});

it("O4, L3: who knocks at a node that dies is forgotten, and knocks again at another", async () => {
  const cluster = await startCluster();
  const one = await cluster.startNode({ maxPeers: 3 });
  const dying = await startNodeProcess(cluster.redis, { maxPeers: 3 });
  const { client: host } = await join(one.url, "room", "host");
  expect(await host.request("set-lock", { locked: true })).toEqual({});
  const knock = { roomId: "room", peerId: "guest", knock: true };
  const guest = connect(dying.url, knock);
  await eventually(() => expect(guest.inbox).toMatchObject([{ type: "waiting" }]));
  await eventually(() => expect(host.inbox.map(({ type }) => type)).toContain("knocking"));
  dying.kill();
  await eventually(() => expect(host.inbox.map(({ type }) => type)).toContain("knock-ended"));
  const again = connect(one.url, knock);
  await eventually(() => expect(again.inbox).toMatchObject([{ type: "waiting" }]));
  expect(await host.request("admit", { peerId: "guest" })).toEqual({});
  await again.next("welcome");
});
