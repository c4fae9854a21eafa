import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WatchedPeer, watchedCall } from "../../../test/watched-call.js";
import { watchQuality } from "./index.js";
import type { QualityEvents } from "./quality-events.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NAMES: (keyof QualityEvents)[] = ["graded", "freeze", "freezeEnded", "cpuFree", "report"];

/** A call that has just begun. */
function begin(...names: string[]) {
  const call = watchedCall();
  const quality = watchQuality(call.cignal);
  const told: [name: string, ...args: unknown[]][] = [];
  for (const name of NAMES) quality.on(name, (...args: unknown[]) => told.push([name, ...args]));
  const of = (name: keyof QualityEvents) => told.filter(([each]) => each === name);
  const peers = names.map((name) => new WatchedPeer(name));
  call.session.room.peers = [...peers];
  call.changed();
  return { ...call, quality, of, peers };
}

/** Media come for so many seconds. */
async function flow(peers: WatchedPeer[], seconds: number, from = 0, more = {}) {
  for (let second = from + 1; second <= from + seconds; second++) {
    await vi.advanceTimersByTimeAsync(500);
    for (const peer of peers) peer.count({ frames: second * 30, packets: second * 50, ...more });
    await vi.advanceTimersByTimeAsync(500);
  }
  return from + seconds;
}

describe("a watch of the quality", () => {
  it.each(["freezeEnded", "cpuFree"] as const)(
    "reports once, and leaves no timer, when a listener of %s closes it",
    async (name) => {
      const { peers, session, changed, quality, of } = begin("bob", "carol");
      await flow(peers, 3);
      await flow(peers, 3, 3, { frames: 90, limitedBy: "cpu" });
      expect(of("freeze")).toHaveLength(2);
      quality.on(name, () => quality.close());
      session.room.peers = [];
      changed();
      expect(of("report")).toMatchObject([
        ["report", { peers: [{ peer: { id: "bob" } }, { peer: { id: "carol" } }] }],
      ]);
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("leaves no timer when a listener closes it while it looks", async () => {
    const { peers, quality } = begin("bob");
    await flow(peers, 3);
    quality.on("cpuLimited", () => quality.close());
    await flow(peers, 1, 3, { limitedBy: "cpu" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps so much and no more of who comes and goes for hours", async () => {
    const { peers, session, events, changed, quality } = begin("bob");
    const gone = new WatchedPeer("gone");
    events.emit("peerJoined", "gone", { peer: gone.info });
    events.emit("peerHangUp", { reason: "left" }, { peer: gone.info });
    await vi.advanceTimersByTimeAsync(1_000);
    for (let i = 0; i < 1_000; i++) {
      session.room.peers = [...peers, i < 999 ? new WatchedPeer(`${i}`) : gone];
      changed();
    }
    const report = quality.report();
    expect(report?.peers).toHaveLength(202);
    expect(report?.peers.at(-1)).toMatchObject({
      peer: { id: "gone" },
      timeline: { callMs: 1_000 },
    });
    expect(report?.peers.at(-1)?.timeline.joinedMs).toBeUndefined();
  });

  it("goes on when somebody sets the clock back", async () => {
    const { peers, of, quality } = begin("bob");
    let second = await flow(peers, 3);
    vi.setSystemTime(Date.now() - 3_600_000);
    second = await flow(peers, 2, second);
    await flow(peers, 4, second, { frames: second * 30 });
    expect(of("freeze")).toHaveLength(1);
    await flow(peers, 2, second + 4);
    expect(of("freezeEnded")).toHaveLength(1);
    const report = quality.report();
    expect(report?.durationMs).toBeGreaterThanOrEqual(10_000);
    for (const { grades } of [report?.peers[0]?.inbound, report?.peers[0]?.outbound].flatMap(
      (each) => each ?? [],
    )) {
      for (const part of Object.values(grades)) expect(part).toBeGreaterThanOrEqual(0);
    }
    expect(quality.of("bob")?.overMs).toBe(1_000);
  });

  it("looks at the others when one connection cannot be read", async () => {
    const { peers, session, of } = begin("bob", "carol");
    const errors: unknown[] = [];
    Object.assign(session.browser, { reportError: (error: unknown) => errors.push(error) });
    const [bob, carol] = peers as [WatchedPeer, WatchedPeer];
    const odd = new TypeError("encodings is undefined");
    Object.assign(bob.connection?.pc ?? {}, {
      getTransceivers() {
        throw odd;
      },
    });
    const second = await flow(peers, 3);
    await flow([carol], 4, second, { frames: second * 30 });
    expect(of("freeze")).toMatchObject([["freeze", { kind: "video" }, { peer: carol.info }]]);
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors)).toEqual(new Set([odd]));
  });
});
