import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { type LiveEvent, MemoryStore, OptionsError, type RoomLive } from "../src/index.js";
import { collectMetrics } from "../src/metrics.js";
import { connect, join, joinPair } from "./client.js";
import { eventually } from "./eventually.js";
import { parsePrometheusText } from "./prometheus-text.js";
import { silent, startServer } from "./server.js";

/** What is published, on a server whose users are known. */
async function listen(options: Parameters<typeof startServer>[0] = {}) {
  const heard: LiveEvent[] = [];
  const server = await startServer({
    ...options,
    liveEvents: { intervalMs: 1_000, ...options.liveEvents, to: (event) => heard.push(event) },
  });
  return { ...server, heard };
}

it("say who has joined and left, with what and from where", async () => {
  const { url, heard } = await listen({
    authenticate: ({ peerId }) => ({ userId: `user ${peerId}` }),
    trustProxy: 1,
  });
  const about = {
    platform: "Web",
    appVersion: "2.1",
    version: "Firefox 153",
    device: "desktop",
    network: "wifi",
  };
  const extraHeaders = { "X-Forwarded-For": "192.0.2.1, 198.51.100.7" };
  const a = connect(url, { roomId: "r", peerId: "a", about, relayOnly: true }, { extraHeaders });
  await a.next("welcome");
  await a.request("leave", {});
  await eventually(() => expect(heard).toHaveLength(2));
  const [joined, left] = heard;
  expect(joined).toEqual({
    event: "room.join",
    eventVersion: 1,
    eventId: expect.stringMatching(/^[\w-]{36}$/),
    time: expect.any(Number),
    sequence: expect.any(Number),
    roomId: "r",
    roomSize: 1,
    socketId: expect.stringMatching(/^[\w-]{21}$/),
    peerId: "a",
    userId: "user a",
    ...about,
    ip: "198.51.100.7",
  });
  expect(left).toEqual({
    ...joined,
    event: "room.leave",
    eventId: expect.not.stringMatching(joined?.eventId ?? ""),
    time: expect.any(Number),
    sequence: expect.any(Number),
    roomSize: 0,
    reason: "left",
  });
  expect(left?.sequence).toBeGreaterThan(joined?.sequence ?? 0);
});

it("say nothing of a resume, and the same membership after it", async () => {
  const { url, heard } = await listen({ gracePeriodMs: 0 });
  const { client, welcome } = await join(url, "r", "a");
  // Still connected, so that the new socket takes over.
  const { resumeToken } = welcome;
  const { client: again, welcome: resumed } = await join(url, "r", "a", { resumeToken });
  expect(resumed.resumed).toBe(true);
  await client.closed();
  await again.request("leave", {});
  await eventually(() => expect(heard.at(-1)?.event).toBe("room.leave"));
  const memberships = heard.flatMap((event) => ("socketId" in event ? [event.socketId] : []));
  expect(memberships).toHaveLength(2);
  expect(new Set(memberships).size).toBe(1);
});

it("DEFECTS 21: a socketId opens no door", async () => {
  const { url, heard } = await listen();
  await joinPair(url);
  await eventually(() => expect(heard).toHaveLength(2));
  for (const event of heard) {
    const resumeToken = "socketId" in event ? event.socketId : "";
    const thief = connect(url, { roomId: "room", peerId: "a", resumeToken });
    expect((await thief.next("refused")).code).toBe("peer-id-taken");
  }
});

it("DEFECTS 22: have the right sizes, however many come and go at the same time", async () => {
  const { url, heard } = await listen({ maxPeers: 8 });
  await Promise.all(
    Array.from({ length: 24 }, async (_, i) => {
      const client = connect(url, { roomId: `r${i % 2}`, peerId: `p${i}` });
      const entered = await Promise.race([
        client.next("welcome").then(() => true),
        client.next("refused").then(() => false),
      ]);
      if (entered && i % 3 > 0) await client.request("leave", {});
      else if (entered) client.disconnect();
    }),
  );
  await eventually(() => {
    const last = (roomId: string) => heard.filter((each) => each.roomId === roomId).at(-1);
    expect([last("r0")?.roomSize, last("r1")?.roomSize]).toEqual([0, 0]);
  });
  for (const roomId of ["r0", "r1"]) {
    const inRoom = heard.filter((each) => each.roomId === roomId && each.event !== "room.live");
    expect(inRoom.length).toBeGreaterThan(8);
    const inOrder = inRoom.toSorted((one, other) => one.sequence - other.sequence);
    expect(inRoom).toEqual(inOrder);
    let size = 0;
    for (const { event, roomSize } of inRoom) {
      size += event === "room.join" ? 1 : -1;
      expect(roomSize).toBe(size);
    }
  }
  expect(new Set(heard.map(({ eventId }) => eventId)).size).toBe(heard.length);
});

it("room.live tells of each room that runs, by one server of those that share a store", async () => {
  const store = new MemoryStore();
  const [one, other] = [await listen({ store }), await listen({ store })];
  await joinPair(one.url);
  await join(other.url, "another", "x");
  const live = () => {
    const all = [...one.heard, ...other.heard];
    return all.filter((event): event is RoomLive => event.event === "room.live");
  };
  await eventually(() => expect(live().length).toBeGreaterThanOrEqual(4));
  const tellers = [one, other].filter(({ heard }) =>
    heard.some((each) => each.event === "room.live"),
  );
  expect(tellers).toHaveLength(1);
  const joins = [...one.heard, ...other.heard].filter((each) => each.event === "room.join");
  const told = live().findLast(({ roomId }) => roomId === "room");
  expect(told).toMatchObject({ eventVersion: 1, roomSize: 2 });
  expect(told?.sessions).toEqual(
    ["a", "b"].map((peerId) => ({
      peerId,
      socketId: joins.find((each) => each.peerId === peerId && each.roomId === "room")?.socketId,
    })),
  );

  const [teller, heir] = tellers[0] === one ? [one, other] : [other, one];
  await teller?.cignal.close();
  await join(heir?.url ?? "", "a third", "y");
  await eventually(() =>
    expect(heir?.heard.filter((each) => each.event === "room.live")).not.toEqual([]),
  );
});

it("publishers that fail, hang or block touch no call, and say so in metrics and log", async () => {
  const warn = vi.fn();
  const never = () => new Promise<never>(() => {});
  const heard: LiveEvent[] = [];
  const { url, cignal } = await startServer({
    logger: { ...silent, warn },
    liveEvents: {
      to: [
        { name: "hangs", publish: never, close: never },
        {
          name: "throws",
          publish: () => {
            throw new Error("no such exchange");
          },
        },
        { name: "works", publish: (event) => heard.push(event) },
        never,
      ],
    },
  });
  const { registry } = collectMetrics(cignal);
  const started = performance.now();
  for (let i = 0; i < 40; i++) {
    const { client } = await join(url, `r${i}`, "a");
    await client.request("leave", {});
  }
  expect(performance.now() - started).toBeLessThan(4_000);
  expect(heard).toHaveLength(80);
  const { values, types } = parsePrometheusText(await registry.metrics());
  expect(Object.fromEntries(values)).toMatchObject({
    'cignal_live_events_total{publisher="works",result="published"}': 80,
    'cignal_live_events_total{publisher="works",result="dropped"}': 0,
    'cignal_live_events_total{publisher="hangs",result="published"}': 0,
    'cignal_live_events_buffered{publisher="hangs"}': 80,
    'cignal_live_events_buffered{publisher="throws"}': 80,
    'cignal_live_events_buffered{publisher="works"}': 0,
    'cignal_live_events_buffered{publisher="function"}': 80,
  });
  expect(
    values.get('cignal_live_events_total{publisher="throws",result="failed"}'),
  ).toBeGreaterThan(0);
  expect(types.get("cignal_live_events_buffered")).toBe("gauge");
  expect(warn).toHaveBeenCalledExactlyOnceWith("live events cannot be published; they are kept", {
    publisher: "throws",
    error: "Error: no such exchange",
  });
}, 20_000);

it("what happens while the server is closed is published before it is", async () => {
  const heard: LiveEvent[] = [];
  const { url, cignal } = await startServer({
    liveEvents: {
      to: async (event) => {
        await sleep(20);
        heard.push(event);
      },
    },
  });
  await joinPair(url);
  await cignal.close();
  expect(heard.map(({ event, roomSize }) => `${event} ${roomSize}`)).toEqual([
    "room.join 1",
    "room.join 2",
    "room.leave 1",
    "room.leave 0",
  ]);
});

it.each([
  [{ to: "amqp://localhost" }, "liveEvents.to"],
  [{ to: [{}] }, "liveEvents.to"],
  [{ to: () => {}, intervalMs: 1 }, "liveEvents.intervalMs"],
  [{ to: () => {}, exchange: "x" }, "liveEvents.exchange"],
])("wrong options are named: %j", async (liveEvents, field) => {
  const wrong = startServer({ liveEvents } as object);
  await expect(wrong).rejects.toBeInstanceOf(OptionsError);
  await expect(wrong).rejects.toMatchObject({ field });
});
