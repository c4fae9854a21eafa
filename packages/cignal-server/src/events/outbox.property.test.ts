import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { liveEvent } from "../../test/live-event.js";
import type { LiveEvent, LiveEventResult } from "./live-event.js";
import { EventRefused } from "./live-event.js";
import { Outbox } from "./outbox.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** What one attempt does, after so many milliseconds. `lost`: it arrives, and the answer to it does not. */
const outcome = fc.record({
  kind: fc.constantFrom("taken", "failed", "lost", "hangs", "throws"),
  afterMs: fc.nat(15_000),
});

const pushes = fc.array(fc.record({ room: fc.nat(4), afterMs: fc.nat(2_000) }), { maxLength: 60 });

it("whatever a publisher does for a while, each event arrives, and those of a room in order", async () => {
  await fc.assert(
    fc.asyncProperty(pushes, fc.array(outcome, { maxLength: 80 }), async (pushed, outcomes) => {
      const arrived: LiveEvent[] = [];
      const results: LiveEventResult[] = [];
      const busy = new Map<string, number>();
      const script = [...outcomes];
      const publish = async (event: LiveEvent, signal: AbortSignal) => {
        const { roomId } = event;
        expect(busy.get(roomId) ?? 0).toBe(0);
        busy.set(roomId, 1);
        signal.addEventListener("abort", () => busy.set(roomId, 0));
        try {
          const { kind, afterMs } = script.shift() ?? { kind: "taken", afterMs: 1 };
          if (kind === "hangs") await new Promise(() => {});
          if (kind !== "throws") await new Promise((resolve) => setTimeout(resolve, afterMs));
          if (kind === "taken" || kind === "lost") arrived.push(event);
          if (kind !== "taken") throw new Error(kind);
        } finally {
          if (!signal.aborted) busy.set(roomId, 0);
        }
      };
      const outbox = new Outbox({
        name: "test",
        publisher: { publish },
        maxBuffered: 100,
        logger: silent,
        onSettled: (result) => results.push(result),
      });
      const sent: LiveEvent[] = [];
      for (const { room, afterMs } of pushed) {
        const event = liveEvent(`room ${room}`, sent.length);
        sent.push(event);
        outbox.push(event);
        await vi.advanceTimersByTimeAsync(afterMs);
      }
      // Each attempt takes 10 s and the pause after it 15 s at most.
      await vi.advanceTimersByTimeAsync((outcomes.length + 2) * 25_000);

      expect(outbox.buffered).toBe(0);
      const first = arrived.filter((event, index) => arrived.indexOf(event) === index);
      for (const room of [0, 1, 2, 3, 4].map((each) => `room ${each}`)) {
        const inRoom = ({ roomId }: LiveEvent) => roomId === room;
        expect(first.filter(inRoom)).toEqual(sent.filter(inRoom));
      }
      expect(results.filter((result) => result === "published")).toHaveLength(sent.length);
      expect(results).not.toContain("dropped");
    }),
    { numRuns: 150 },
  );
});

it("no more wait than may, the newest of them, and each that was dropped is counted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 300 }), async (rooms) => {
      const results: LiveEventResult[] = [];
      const arrived: LiveEvent[] = [];
      let works = false;
      const outbox = new Outbox({
        name: "test",
        publisher: {
          publish: async (event) => {
            if (!works) throw new Error("away");
            arrived.push(event);
          },
        },
        maxBuffered: 100,
        logger: silent,
        onSettled: (result) => results.push(result),
      });
      const sent = rooms.map((room, index) => liveEvent(`room ${room}`, index));
      for (const event of sent) {
        outbox.push(event);
        expect(outbox.buffered).toBeLessThanOrEqual(100);
      }
      await vi.advanceTimersByTimeAsync(60_000);
      works = true;
      await vi.advanceTimersByTimeAsync(60_000);
      expect(outbox.buffered).toBe(0);
      expect(arrived).toHaveLength(Math.min(sent.length, 100));
      const dropped = results.filter((result) => result === "dropped");
      expect(dropped).toHaveLength(sent.length - arrived.length);
      // All but the few that were on their way when the buffer overflowed are the newest.
      const newest = new Set<LiveEvent>(sent.slice(-96));
      expect(arrived.filter((event) => !newest.has(event)).length).toBeLessThanOrEqual(4);
    }),
    { numRuns: 50 },
  );
});

it("an event that is refused holds up nobody, and is not tried again", async () => {
  const tried: number[] = [];
  const error = vi.fn();
  const results: LiveEventResult[] = [];
  const outbox = new Outbox({
    name: "test",
    publisher: {
      publish: ({ sequence }) => {
        tried.push(sequence);
        if (sequence === 1) throw new EventRefused("status 400");
      },
    },
    maxBuffered: 100,
    logger: { ...silent, error },
    onSettled: (result) => results.push(result),
  });
  for (const sequence of [1, 2, 3]) outbox.push(liveEvent("r", sequence));
  await vi.advanceTimersByTimeAsync(0);
  expect(tried).toEqual([1, 2, 3]);
  expect(results).toEqual(["refused", "published", "published"]);
  expect(error).toHaveBeenCalledExactlyOnceWith("a live event was refused", {
    publisher: "test",
    event: "room.join",
    roomId: "r",
    error: "EventRefused: status 400",
  });
});

it("one room whose events always fail holds up no other, and is tried seldom", async () => {
  const published: string[] = [];
  let attempts = 0;
  const outbox = new Outbox({
    name: "test",
    publisher: {
      publish: async ({ roomId }) => {
        attempts += 1;
        if (roomId === "poison") throw new Error("status 500");
        published.push(roomId);
      },
    },
    maxBuffered: 1_000,
    logger: silent,
    onSettled: () => {},
  });
  outbox.push(liveEvent("poison", 1));
  for (let i = 0; i < 500; i++) outbox.push(liveEvent(`r${i}`, i));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(published).toHaveLength(500);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempts).toBeLessThan(520);
  for (let i = 0; i < 500; i++) outbox.push(liveEvent("poison", i));
  const before = attempts;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempts - before).toBeLessThan(10);
});

it("a publisher that is away is asked seldom, however many rooms wait", async () => {
  let attempts = 0;
  const outbox = new Outbox({
    name: "test",
    publisher: {
      publish: async () => {
        attempts += 1;
        throw new Error("away");
      },
    },
    maxBuffered: 1_000,
    logger: silent,
    onSettled: () => {},
  });
  for (let i = 0; i < 1_000; i++) outbox.push(liveEvent(`r${i}`, i));
  await vi.advanceTimersByTimeAsync(60_000);
  const before = attempts;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(before).toBeLessThan(60);
  expect(attempts - before).toBeLessThan(10);
});

it("an outage is one line in the log, the loss of events another, and the end of it a third", async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  let works = false;
  const outbox = new Outbox({
    name: "test",
    publisher: {
      publish: async () => {
        if (!works) throw new Error("away");
      },
    },
    maxBuffered: 100,
    logger: { info: log, warn: log, error: log },
    onSettled: () => {},
  });
  for (let i = 0; i < 200; i++) outbox.push(liveEvent(`r${i}`, i));
  await vi.advanceTimersByTimeAsync(60_000);
  for (let i = 0; i < 200; i++) outbox.push(liveEvent(`r${i}`, i));
  works = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines.toSorted()).toEqual([
    "live events are dropped: more wait than may",
    "live events cannot be published; they are kept",
    "no live event waits any more",
  ]);
});

it("room.live gives way to who has come and gone when half of what may waits", async () => {
  const outbox = new Outbox({
    name: "test",
    publisher: { publish: () => new Promise(() => {}) },
    maxBuffered: 100,
    logger: silent,
    onSettled: () => {},
  });
  for (let i = 0; i < 100; i++) {
    outbox.push({ ...liveEvent(`r${i}`, i), event: "room.live", sessions: [] });
  }
  expect(outbox.buffered).toBe(50);
  outbox.push(liveEvent("r", 1));
  expect(outbox.buffered).toBe(51);
});

it("closing gives what waits some seconds, and then ends, whatever the publisher does", async () => {
  const results: LiveEventResult[] = [];
  const make = (publish: () => unknown, close: () => unknown) =>
    new Outbox({
      name: "test",
      publisher: { publish, close },
      maxBuffered: 100,
      logger: silent,
      onSettled: (result) => results.push(result),
    });
  const slow = make(
    () => new Promise((resolve) => setTimeout(resolve, 1_000)),
    () => results.push("refused"),
  );
  for (const sequence of [1, 2]) slow.push(liveEvent("r", sequence));
  const slowlyClosed = slow.close();
  await vi.advanceTimersByTimeAsync(2_000);
  await slowlyClosed;
  expect(results.splice(0)).toEqual(["published", "published", "refused"]);
  const never = () => new Promise(() => {});
  const stuck = make(never, never);
  stuck.push(liveEvent("r", 1));
  const closed = stuck.close();
  stuck.push(liveEvent("r", 2));
  await vi.advanceTimersByTimeAsync(7_000);
  await closed;
  expect(results).toEqual(["dropped", "dropped"]);
});
