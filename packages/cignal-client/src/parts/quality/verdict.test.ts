import { describe, expect, it } from "vitest";
import type { Grade, Trouble } from "./grade.js";
import type { DirectionReport } from "./report.js";
import { type Evidence, judge } from "./verdict.js";

const MINUTE = { durationMs: 60_000 };

const direction = (
  trouble?: Trouble,
  grade: Grade = "poor",
  ms = 20_000,
  more: Partial<DirectionReport> = {},
): DirectionReport => ({
  grades: { good: 1, fair: 0, poor: 0, lost: 0 },
  troubles: trouble ? [{ trouble, grade, ms }] : [],
  audioLoss: 0,
  videoLoss: 0,
  concealment: 0,
  bitrate: 500_000,
  ...more,
});

const call = (change: Partial<Evidence> = {}): Evidence => ({
  peer: { id: "bob", name: "Bob" },
  timeline: { callMs: 0, connectedMs: 100, first: { audio: 200, video: 300 } },
  path: { local: "host", remote: "host", protocol: "udp" },
  networkChanges: [],
  connections: 1,
  restarts: 0,
  interruptions: [],
  freezes: [],
  frozenMs: 0,
  roundTripMs: 30,
  cpuLimitedMs: 0,
  inbound: direction(),
  outbound: direction(),
  ...change,
});

const lossy = (part: number) => direction("loss", "poor", 20_000, { audioLoss: part });
const slow = (kbits: number) => direction("slow-link", "fair", 20_000, { bitrate: kbits * 1_000 });
const cut = (
  atMs: number,
  gapMs: number | undefined,
  cause: "silence" | "wake-up" = "silence",
) => ({
  atMs,
  cause,
  ...(gapMs !== undefined && { gapMs }),
});

describe("the verdict on a call with one", () => {
  const table: [trouble: string, evidence: Partial<Evidence>, sentence: string][] = [
    ["nothing", {}, "All was well."],
    ["nothing", { inbound: direction("loss", "fair", 1_500) }, "All was well."],
    ["no-connection", { timeline: { callMs: 0, first: {} } }, "No connection to Bob came about."],
    [
      "cut",
      { interruptions: [cut(10_000, 4_200)], inbound: direction("silence", "lost", 2_000) },
      "The connection to Bob was cut once, for 4.2 s.",
    ],
    [
      "cut",
      { interruptions: [cut(9_000, 1_200), cut(30_000, 3_000, "wake-up")] },
      "The connection to Bob was cut twice, for 4.2 s in all.",
    ],
    [
      "cut",
      { interruptions: [cut(50_000, undefined)] },
      "The connection to Bob was cut once, for 10.0 s.",
    ],
    [
      "cut",
      { interruptions: [cut(9_000, 3_000, "wake-up")] },
      "This device slept once, for 3.0 s.",
    ],
    [
      "loss",
      { inbound: lossy(0.2), outbound: lossy(0.18) },
      "The network between here and Bob lost packets: 20 % of what came from Bob and 18 % of what went to them.",
    ],
    [
      "loss",
      { inbound: lossy(0.2) },
      "Bob's uplink or the downlink here lost packets: 20 % of what came from Bob and 0 % of what went to them.",
    ],
    [
      "slow-link",
      { outbound: slow(90) },
      "Bob's downlink or the uplink here was slow: 500 kbit/s came from Bob and 90 kbit/s went to them.",
    ],
    [
      "cpu",
      { outbound: direction("cpu", "fair"), cpuLimitedMs: 20_000 },
      "This computer was too slow to send better pictures, for 20.0 s.",
    ],
    [
      "freeze",
      {
        inbound: direction("freeze", "poor", 5_000),
        freezes: [{ kind: "video", atMs: 9_000, durationMs: 5_200 }],
      },
      "Bob's picture stood still once, for 5.2 s, on a good connection.",
    ],
    [
      "delay",
      {
        inbound: direction("delay", "fair"),
        outbound: direction("delay", "fair"),
        roundTripMs: 420,
      },
      "The way to Bob was long: there and back took 420 ms.",
    ],
    [
      "silence",
      {
        inbound: direction("silence", "lost", 3_000),
        freezes: [{ kind: "audio", atMs: 9_000, durationMs: 3_100 }],
      },
      "Bob's sound was missing once, for 3.1 s, on a good connection.",
    ],
  ];
  it.each(table)("%s: %j", (trouble, evidence, sentence) => {
    expect(judge([call(evidence)], MINUTE).call).toEqual({ trouble, sentence });
  });
});

describe("the verdict on a call with several", () => {
  const bob = { peer: { id: "bob", name: "Bob" } };
  const carol = { peer: { id: "carol", name: "Carol" } };

  it("finds the end of the line at which it was", () => {
    const theirs = judge([call({ ...bob, inbound: slow(80) }), call(carol)], MINUTE);
    expect(theirs.call.sentence).toMatch(/^Bob's uplink was slow/);
    expect(theirs.peers[1]).toEqual({ trouble: "nothing", sentence: "All was well." });
    const ours = judge(
      [call({ ...bob, outbound: slow(80) }), call({ ...carol, outbound: slow(70) })],
      MINUTE,
    );
    expect(ours.call.sentence).toMatch(/^The uplink here was slow/);
  });

  it("is on what did most harm", () => {
    const one = call({ ...bob, inbound: direction("delay", "fair", 5_000) });
    const other = call({ ...carol, interruptions: [cut(1_000, 12_000)] });
    expect(judge([one, other], MINUTE).call.trouble).toBe("cut");
    expect(judge([], MINUTE).call.trouble).toBe("nothing");
  });
});
