import { expect, it, vi } from "vitest";
import { connect, join } from "./client.js";
import { startCluster, startNodeProcess } from "./cluster.js";
import { inform } from "./envelopes.js";
import { eventually } from "./eventually.js";

vi.setConfig({ testTimeout: 30_000 });

async function startPair(options = {}) {
  const cluster = await startCluster();
  const [one, two] = [await cluster.startNode(options), await cluster.startNode(options)];
  return { cluster, one, two };
}

/** a on the first node and b on the second, who have heard of each other. */
async function joinAcross(urlOfOne: string, urlOfTwo: string) {
  const { client: a, welcome } = await join(urlOfOne, "room", "a");
  const { client: b, welcome: welcomeOfB } = await join(urlOfTwo, "room", "b");
  await a.next("peer-joined");
  return { a, b, tokenOfA: welcome.resumeToken, welcomeOfB, tokenOfB: welcomeOfB.resumeToken };
}

it("S1, S2: two on different nodes meet, and what they say arrives in order", async () => {
  const { one, two } = await startPair();
  const { a, b, welcomeOfB } = await joinAcross(one.url, two.url);
  expect(welcomeOfB.peers).toMatchObject([{ id: "a" }]);
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  for (const number of numbers) {
    a.send("signal", inform("b", "hello", number));
    b.send("signal", inform("a", "hello", number));
  }
  for (const number of numbers) {
    expect(await a.next("signal")).toMatchObject({ from: "b", envelope: { number } });
    expect(await b.next("signal")).toMatchObject({ from: "a", envelope: { number } });
  }
  expect(await a.request("signal", inform("c", "nobody"))).toMatchObject({
    error: { code: "no-such-peer" },
  });
  await b.request("leave", {});
  expect(await a.next("peer-left")).toMatchObject({ peerId: "b", reason: "left" });
  expect(await a.request("signal", inform("b", "gone"))).toMatchObject({
    error: { code: "no-such-peer" },
  });
});

it("J2: of 20 parallel joins on each of two nodes, exactly as many as there are places come in", async () => {
  const { one, two } = await startPair({ maxPeers: 5 });
  const clients = Array.from({ length: 40 }, (_, i) =>
    connect((i % 2 ? one : two).url, { roomId: "room", peerId: `p${i}` }),
  );
  const answers = await Promise.all(
    clients.map((client) =>
      Promise.race([client.next("welcome"), client.next("refused")]).then((answer) =>
        "code" in answer ? answer.code : "welcome",
      ),
    ),
  );
  expect(answers.filter((answer) => answer === "welcome")).toHaveLength(5);
  expect(answers.filter((answer) => answer === "room-full")).toHaveLength(35);
  for (const { cignal } of [one, two]) {
    expect(await cignal.rooms.count()).toBe(1);
    expect((await cignal.rooms.all())[0]?.peers).toHaveLength(5);
  }
});

it("L4: somebody resumes on another node, and nobody is told", async () => {
  const { one, two } = await startPair();
  const { a, b, tokenOfA } = await joinAcross(one.url, two.url);
  a.drop();
  const back = await join(two.url, "room", "a", { resumeToken: tokenOfA });
  expect(back.welcome).toMatchObject({ resumed: true, peers: [{ id: "b" }] });
  expect(await b.request("signal", inform("a", "hello"))).toEqual({});
  expect(await back.client.next("signal")).toMatchObject({ from: "b" });
  expect(await b.heard()).toEqual([]);

  const forged = connect(one.url, { roomId: "room", peerId: "a", resumeToken: "x".repeat(24) });
  expect(await forged.next("refused")).toMatchObject({ code: "peer-id-taken" });
});

it("L4, L6: a socket that is still open on another node is closed when its member resumes", async () => {
  const { one, two } = await startPair();
  const { a, b, tokenOfA } = await joinAcross(one.url, two.url);
  const back = await join(two.url, "room", "a", { resumeToken: tokenOfA });
  expect(back.welcome.resumed).toBe(true);
  expect(await a.next("closed")).toMatchObject({ code: "resumed-elsewhere" });
  await a.closed();
  expect(await b.heard()).toEqual([]);
  expect(await back.client.heard()).toEqual([]);
});

it("closes a room with members on two nodes, from one of them", async () => {
  const { one, two } = await startPair();
  const { a, b } = await joinAcross(one.url, two.url);
  expect(await one.cignal.closeRoom("room")).toBe(true);
  for (const client of [a, b]) {
    expect(await client.next("closed")).toMatchObject({ code: "room-closed" });
    await client.closed();
  }
  expect(await two.cignal.rooms.count()).toBe(0);
});

it("L6: the members of a node that is closed go on at another one, and nobody is told", async () => {
  const { one, two } = await startPair();
  const { a, b, tokenOfA } = await joinAcross(one.url, two.url);
  const closing = one.cignal.close();
  expect(await a.next("closed")).toMatchObject({ code: "server-closing", retryAfterMs: 0 });
  const back = await join(two.url, "room", "a", { resumeToken: tokenOfA });
  expect(back.welcome.resumed).toBe(true);
  await closing;
  expect(await b.heard()).toEqual([]);
  expect(two.cignal.status()).toMatchObject({ peers: 2 });
});

it("L3: who does not come back from a node that was closed is gone after the grace period", async () => {
  const { one, two } = await startPair({ gracePeriodMs: 500 });
  const { b } = await joinAcross(one.url, two.url);
  await one.cignal.close();
  expect(await b.next("peer-left")).toMatchObject({ peerId: "a", reason: "timeout" });
  expect((await two.cignal.rooms.get("room"))?.peers).toHaveLength(1);
});

it("L3, L4: of a node that dies without a word, who comes back was never away, and who does not is gone", async () => {
  const { redis, startNode } = await startCluster();
  const two = await startNode({ maxPeers: 3, gracePeriodMs: 3_000 });
  const one = await startNodeProcess(redis, { maxPeers: 3, gracePeriodMs: 3_000 });
  const { client: a, welcome } = await join(one.url, "room", "a");
  const { client: c } = await join(one.url, "room", "c");
  await join(one.url, "alone", "d");
  const { client: b } = await join(two.url, "room", "b");
  one.kill();
  await Promise.all([a.closed(), c.closed()]);
  const back = await join(two.url, "room", "a", { resumeToken: welcome.resumeToken });
  expect(back.welcome).toMatchObject({ resumed: true, peers: [{ id: "c" }, { id: "b" }] });
  expect(await b.next("peer-left")).toMatchObject({ peerId: "c", reason: "timeout" });
  await eventually(async () => expect(await two.cignal.rooms.get("alone")).toBeUndefined());
  expect(await b.heard()).toEqual([]);
  expect((await two.cignal.rooms.all()).map(({ peers }) => peers.map(({ id }) => id))).toEqual([
    ["a", "b"],
  ]);
});

it("L6: a node that was stopped for longer than its lease says again who is there", async () => {
  const { redis, startNode } = await startCluster();
  const two = await startNode({ gracePeriodMs: 60_000 });
  const one = await startNodeProcess(redis, { gracePeriodMs: 60_000 });
  const { client: a } = await join(one.url, "room", "a");
  const { client: b } = await join(two.url, "room", "b");
  const presence = async () => (await two.cignal.rooms.get("room"))?.peers[0]?.connected;
  one.kill("SIGSTOP");
  await eventually(async () => expect(await presence()).toBe(false));
  one.kill("SIGCONT");
  await eventually(async () => expect(await presence()).toBe(true));
  expect(await b.request("signal", inform("a", "hello"))).toEqual({});
  expect(await a.next("signal")).toMatchObject({ from: "b" });
  expect(await b.heard()).toEqual([]);
});

it("L6: who was given up while their node was stopped has the socket closed, and enters anew", async () => {
  const { redis, startNode } = await startCluster();
  const two = await startNode({ gracePeriodMs: 100 });
  const one = await startNodeProcess(redis, { gracePeriodMs: 100 });
  const { client: a, welcome } = await join(one.url, "room", "a");
  const { client: b } = await join(two.url, "room", "b");
  one.kill("SIGSTOP");
  expect(await b.next("peer-left")).toMatchObject({ peerId: "a", reason: "timeout" });
  one.kill("SIGCONT");
  expect(await a.next("closed")).toMatchObject({ code: "unavailable", retryAfterMs: 0 });
  await a.closed();
  const { resumeToken } = welcome;
  const back = await join(one.url, "room", "a", { resumeToken });
  expect(back.welcome.resumed).toBe(false);
  expect(await b.next("peer-joined")).toMatchObject({ peer: { id: "a" } });
});

it("M4: no limit of an address keeps out who resumes on another node, and a flood of others is looked up no more than that", async () => {
  const perAddress = { handshakesPerMinute: 3 };
  const { one, two } = await startPair({ limits: { perAddress } });
  const { a, tokenOfA } = await joinAcross(one.url, two.url);
  const load = vi.spyOn(two.store, "load");
  const attempt = () => connect(two.url, { roomId: "x", peerId: "x", resumeToken: "x".repeat(24) });
  const flood = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = attempt();
      return Promise.race([client.next("refused"), client.next("welcome")]);
    }),
  );
  expect(flood.some((answer) => "code" in answer && answer.code === "rate-limited")).toBe(true);
  a.drop();
  const back = await join(two.url, "room", "a", { resumeToken: tokenOfA });
  expect(back.welcome.resumed).toBe(true);
  load.mockClear();
  await Promise.all(Array.from({ length: 20 }, () => attempt().next("refused")));
  expect(load.mock.calls.length).toBeLessThanOrEqual(3);
});

it("while Redis is away calls go on and nobody enters; when it is back, and empty, all is as it was", async () => {
  const { cluster, one, two } = await startPair();
  const { a, b, tokenOfA } = await joinAcross(one.url, two.url);
  const { client: c } = await join(one.url, "local", "c");
  const { client: d } = await join(one.url, "local", "d");
  await c.next("peer-joined");
  await cluster.redis.kill();

  expect(await c.request("signal", inform("d", "still here"))).toEqual({});
  expect(await d.next("signal")).toMatchObject({ from: "c" });
  for (const roomId of ["room", "new"]) {
    const refused = await connect(one.url, { roomId, peerId: "e" }).next("refused");
    expect(refused).toMatchObject({ code: "unavailable", retryAfterMs: expect.any(Number) });
  }
  expect(await c.request("set-ice-servers", { iceServers: [] })).toMatchObject({
    error: { code: "unavailable" },
  });
  expect(await d.request("leave", {})).toEqual({});
  a.drop();

  await cluster.redis.start();
  await eventually(async () => {
    const rooms = await two.cignal.rooms.all();
    expect(rooms.map(({ id, peers }) => [id, ...peers.map((peer) => peer.id)]).sort()).toEqual([
      ["local", "c"],
      ["room", "a", "b"],
    ]);
  });
  expect(await connect(two.url, { roomId: "room", peerId: "e" }).next("refused")).toMatchObject({
    code: "room-full",
  });
  const back = await join(two.url, "room", "a", { resumeToken: tokenOfA });
  expect(back.welcome).toMatchObject({ resumed: true, peers: [{ id: "b" }] });
  await eventually(() => join(two.url, "local", "e"));
  expect(await c.next("peer-left")).toMatchObject({ peerId: "d" });
  expect(await c.next("peer-joined")).toMatchObject({ peer: { id: "e" } });
  expect(await b.heard()).toEqual([]);
});
