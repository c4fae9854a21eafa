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

const NAMES: (keyof QualityEvents)[] = [
  "graded",
  "freeze",
  "freezeEnded",
  "cpuLimited",
  "cpuFree",
  "networkChanged",
  "firstMedia",
  "report",
];

function open(...peers: WatchedPeer[]) {
  const call = watchedCall(...peers);
  const quality = watchQuality(call.cignal);
  const told: [name: string, ...args: unknown[]][] = [];
  for (const name of NAMES) quality.on(name, (...args: unknown[]) => told.push([name, ...args]));
  const of = (name: keyof QualityEvents) => told.filter(([each]) => each === name);
  return { ...call, quality, told, of };
}

/** A call with Bob, which has just begun. */
function begin() {
  const bob = new WatchedPeer("bob", "Bob");
  bob.callState = "waiting";
  const call = open(bob);
  bob.callState = "in-call";
  call.changed();
  return { ...call, bob };
}

/** Media come for so many seconds. */
async function flow(bob: WatchedPeer, seconds: number, from = 0, lost = 0) {
  for (let second = from + 1; second <= from + seconds; second++) {
    await vi.advanceTimersByTimeAsync(500);
    bob.count({ frames: second * 30, packets: second * 50, lost: lost * (second - from) });
    await vi.advanceTimersByTimeAsync(500);
  }
  return from + seconds;
}

describe("watchQuality", () => {
  it("takes a Cignal and a sensible interval, and nothing else", () => {
    const { cignal } = watchedCall();
    expect(() => watchQuality({} as never)).toThrow(TypeError);
    for (const intervalMs of [0, 249, 60_001, Number.NaN, "1000"]) {
      expect(() => watchQuality(cignal, { intervalMs: intervalMs as number })).toThrow(TypeError);
    }
  });

  it("asks each connection once in an interval, only in a call, and leaves no timer", async () => {
    const { bob, changed, quality, leave } = begin();
    bob.media = { microphone: "off", camera: "off", screen: "off" };
    await vi.advanceTimersByTimeAsync(10_050);
    expect(bob.asked).toBe(11);
    bob.callState = "waiting";
    changed();
    expect(vi.getTimerCount()).toBe(0);
    bob.callState = "in-call";
    changed();
    expect(vi.getTimerCount()).toBe(1);
    leave();
    quality.close();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(bob.asked).toBe(11);
  });

  it("tells the first of each kind once, within a tenth of a second", async () => {
    const { bob, of } = begin();
    await vi.advanceTimersByTimeAsync(300);
    bob.count({ packets: 1 });
    await vi.advanceTimersByTimeAsync(300);
    bob.count({ packets: 15, frames: 1 });
    await flow(bob, 5, 1);
    expect(of("firstMedia")).toMatchObject([
      ["firstMedia", { kind: "audio" }, { peer: { id: "bob" } }],
      ["firstMedia", { kind: "video" }, { peer: { id: "bob" } }],
    ]);
    const after = of("firstMedia").map(([, first]) => (first as { afterMs: number }).afterMs);
    expect(after[0]).toBeLessThanOrEqual(400);
    expect(after[1]).toBeLessThanOrEqual(700);
  });

  it("tells no first media of a call that was on before it watched, and of another call those of that call", async () => {
    const bob = new WatchedPeer("bob", "Bob");
    bob.count({ packets: 500, frames: 300 });
    const { of, changed } = open(bob);
    const second = await flow(bob, 3, 10);
    expect(of("firstMedia")).toEqual([]);
    bob.callState = "waiting";
    changed();
    bob.callState = "in-call";
    changed();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(of("firstMedia")).toEqual([]);
    await flow(bob, 1, second);
    expect(of("firstMedia")).toHaveLength(2);
  });

  it("tells a picture that stands still once, with its end, and no camera that is off", async () => {
    const { bob, of, changed } = begin();
    const second = await flow(bob, 3);
    for (let i = 1; i <= 4; i++) {
      bob.count({ frames: second * 30, packets: (second + i) * 50 });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(of("freeze")).toMatchObject([["freeze", { kind: "video" }, { peer: { id: "bob" } }]]);
    await flow(bob, 2, second + 4);
    expect(of("freezeEnded")).toMatchObject([
      ["freezeEnded", { kind: "video", recovered: true }, { peer: { id: "bob" } }],
    ]);
    bob.media = { ...bob.media, camera: "off" };
    changed();
    bob.count({ frames: 300, packets: 900 });
    await vi.advanceTimersByTimeAsync(800);
    bob.count({ frames: 300, packets: 950 });
    await vi.advanceTimersByTimeAsync(800);
    expect(of("freeze")).toHaveLength(1);
  });

  it("grades what is lost, and that it is well again", async () => {
    const { bob, of, quality } = begin();
    let second = await flow(bob, 4);
    second = await flow(bob, 4, second, 20);
    expect(of("graded")).toMatchObject([["graded", { grade: "poor", direction: "inbound" }, {}]]);
    expect(quality.of("bob")?.grades).toMatchObject({
      inbound: { grade: "poor", trouble: "loss" },
      outbound: { grade: "good" },
    });
    expect(quality.of("nobody")).toBeUndefined();
    await flow(bob, 8, second);
    expect(of("graded").at(-1)).toMatchObject(["graded", { grade: "good" }, {}]);
  });

  it("goes on with a connection that takes the place of another one, and never counts backwards", async () => {
    const { bob, of, quality, events } = begin();
    await flow(bob, 4);
    const peer = bob.info;
    bob.alive = false;
    bob.connectionState = "disconnected";
    events.emit("reconnecting", { peer, cause: "silence" });
    await vi.advanceTimersByTimeAsync(3_000);
    bob.connect("second");
    bob.stats = [];
    await vi.advanceTimersByTimeAsync(1_000);
    bob.alive = true;
    bob.connectionState = "connected";
    events.emit("reconnected", { peer, gapMs: 4_200 });
    await flow(bob, 8);
    expect(of("freeze").length).toBe(of("freezeEnded").length);
    expect(of("firstMedia")).toHaveLength(2);
    expect(of("graded").map(([, graded]) => graded)).toMatchObject([
      { grade: "lost", direction: "inbound" },
      { grade: "lost", direction: "outbound" },
      { grade: "good" },
      { grade: "good" },
    ]);
    const report = quality.report();
    expect(report?.peers[0]).toMatchObject({ interruptions: [{ cause: "silence", gapMs: 4_200 }] });
    expect(report?.verdict).toEqual({
      trouble: "cut",
      sentence: "The connection to Bob was cut once, for 4.2 s.",
    });
  });

  it("tells when this computer is too slow to encode, and when it is not any more", async () => {
    const { bob, of } = begin();
    await flow(bob, 3);
    bob.count({ frames: 900, packets: 900, limitedBy: "cpu" });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(of("cpuLimited")).toHaveLength(1);
    expect(of("cpuFree")).toHaveLength(0);
    await flow(bob, 6, 40);
    expect(of("cpuFree")).toHaveLength(1);
  });

  it("says nothing of this computer where the browser does not, as Firefox", async () => {
    const { bob, quality } = begin();
    const limited = () => quality.report()?.peers[0]?.cpuLimitedMs;
    bob.count({ frames: 30, packets: 50 });
    for (const stats of bob.stats) delete stats["qualityLimitationReason"];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(limited()).toBeUndefined();
    await flow(bob, 2, 2);
    expect(limited()).toBe(0);
  });

  it("tells that media go another way, once that lasts", async () => {
    const { bob, of } = begin();
    const way = (networkType: string, candidateType: string) => {
      const local = { id: "l", type: "local-candidate", candidateType, networkType };
      const remote = { id: "r", type: "remote-candidate", candidateType: "host" };
      const pair = {
        id: "p",
        type: "candidate-pair",
        localCandidateId: "l",
        remoteCandidateId: "r",
      };
      const transport = { id: "t", type: "transport", selectedCandidatePairId: "p" };
      bob.stats = [transport, pair, remote, local];
    };
    way("wifi", "prflx");
    await vi.advanceTimersByTimeAsync(1_000);
    way("wifi", "srflx");
    await vi.advanceTimersByTimeAsync(3_000);
    way("cellular", "relay");
    await vi.advanceTimersByTimeAsync(900);
    expect(of("networkChanged")).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(of("networkChanged")).toMatchObject([
      [
        "networkChanged",
        {
          before: { network: "wifi", local: "srflx" },
          path: { network: "cellular", local: "relay" },
        },
        { peer: { id: "bob" } },
      ],
    ]);
  });

  it("reports once when the call is over, with each who was in it, as JSON", async () => {
    const carol = new WatchedPeer("carol", "Carol");
    const { bob, session, events, changed, of, quality } = begin();
    expect(quality.report()).toMatchObject({ peers: [{ peer: { id: "bob" } }] });
    await flow(bob, 3);
    events.emit("peerJoined", "Carol", { peer: carol.info });
    session.room.peers.push(carol);
    changed();
    await flow(bob, 3, 3);
    session.room.peers.splice(0, 1);
    changed();
    expect(of("report")).toEqual([]);
    session.room.peers = [];
    changed();
    expect(of("report")).toHaveLength(1);
    const [, report] = of("report")[0] ?? [];
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({
      durationMs: 6_000,
      peers: [
        {
          peer: { id: "bob" },
          timeline: { callMs: 0, endMs: 6_000, first: { audio: expect.any(Number) } },
          verdict: { trouble: "nothing" },
        },
        { peer: { id: "carol" }, timeline: { joinedMs: 3_000, callMs: 3_000 } },
      ],
    });
    expect(quality.report()).toBe(report);
  });

  it("reports when the room is left in the call, also to who listens later", async () => {
    const bob = new WatchedPeer("bob", "Bob");
    const { cignal, leave } = watchedCall(bob);
    const quality = watchQuality(cignal);
    await flow(bob, 2);
    leave();
    const report = vi.fn();
    quality.on("report", report);
    await vi.advanceTimersByTimeAsync(0);
    expect(report).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
