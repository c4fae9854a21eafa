import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figuresOf } from "./figures.js";
import { type Line, readSample } from "./sample.js";

const lines: Line[] = [
  { mid: "0", receiver: "ra", receives: "audio", sender: "sa", sends: "audio" },
  { mid: "1", receiver: "rv", receives: "video", sender: "sv", sends: "video" },
  { mid: "2", receiver: "rs", receives: "screen", sender: undefined, sends: undefined },
];

const sample = (stats: object[], at = 1_000, connection = "one") => {
  const report = new Map(stats.map((each, index) => [`id${index}`, { id: `id${index}`, ...each }]));
  for (const each of stats as { id?: string }[]) {
    if (each.id) report.set(each.id, each as { id: string });
  }
  return readSample(report, lines, { connection, at });
};

const audioIn = { type: "inbound-rtp", mid: "0", ssrc: 1, packetsReceived: 0, packetsLost: 0 };
const videoIn = { type: "inbound-rtp", mid: "1", ssrc: 2, framesDecoded: 0 };

describe("figures", () => {
  it("are of the interval, never of the whole call", () => {
    const counted = { concealedSamples: 100, silentConcealedSamples: 90, totalSamplesReceived: 1 };
    const before = sample([{ ...audioIn, ...counted, bytesReceived: 5_000, packetsReceived: 50 }]);
    const now = sample(
      [
        {
          ...audioIn,
          concealedSamples: 5_000,
          silentConcealedSamples: 190,
          totalSamplesReceived: 48_001,
          bytesReceived: 9_000,
          packetsReceived: 90,
          packetsLost: 10,
          jitter: 0.012,
        },
      ],
      2_000,
    );
    expect(figuresOf(before, now)?.inbound.audio).toMatchObject({
      bitrate: 32_000,
      packetLoss: 0.2,
      concealment: 0.1,
      jitterMs: 12,
    });
  });

  it("tell camera and screen apart, by the track where there is no mid", () => {
    const screen = { type: "inbound-rtp", trackIdentifier: "rs", ssrc: 3, framesDecoded: 0 };
    const now = sample(
      [
        { ...videoIn, framesDecoded: 30 },
        { ...screen, framesDecoded: 5 },
      ],
      3_000,
    );
    const { inbound } = figuresOf(sample([videoIn, screen]), now) ?? {};
    expect(inbound?.video).toMatchObject({ framesDecoded: 30, framesPerSecond: 15 });
    expect(inbound?.screen).toMatchObject({ framesDecoded: 5, framesPerSecond: 2.5 });
  });

  it("of what is sent take the other side's word for what arrives", () => {
    const rtp = { id: "out", type: "outbound-rtp", mid: "1", ssrc: 9, framesEncoded: 0 };
    const heard = { type: "remote-inbound-rtp", localId: "out", ssrc: 9 };
    const before = sample([{ ...rtp, totalEncodeTime: 1, qualityLimitationDurations: { cpu: 1 } }]);
    const now = sample(
      [
        {
          ...rtp,
          framesEncoded: 20,
          totalEncodeTime: 1.4,
          qualityLimitationReason: "cpu",
          qualityLimitationDurations: { cpu: 1.5 },
        },
        { ...heard, fractionLost: 0.25, roundTripTime: 0.08 },
      ],
      2_000,
    );
    const { video } = figuresOf(before, now)?.outbound ?? {};
    expect(video).toMatchObject({ packetLoss: 0.25, roundTripMs: 80, limitedBy: "cpu" });
    expect(video?.encodeMs).toBeCloseTo(20);
    expect(video?.limitedMs?.cpu).toBeCloseTo(500);
  });

  it("of a connection that took the place of another one start anew", () => {
    const first = sample([{ ...videoIn, framesDecoded: 900 }]);
    const second = sample([{ ...videoIn, ssrc: 7, framesDecoded: 5 }], 2_000, "two");
    expect(figuresOf(first, second)).toBeUndefined();
    expect(figuresOf(undefined, second)).toBeUndefined();
    const third = sample([{ ...videoIn, ssrc: 8, framesDecoded: 4 }], 3_000, "two");
    expect(figuresOf(second, third)?.inbound.video?.framesDecoded).toBe(4);
  });

  it("are never negative, whatever the counters do", () => {
    const counter = fc.option(fc.nat(1e6), { nil: undefined });
    const flow = fc.record({
      ssrc: fc.constantFrom(1, 2),
      packetsReceived: counter,
      packetsLost: counter,
      bytesReceived: counter,
      framesDecoded: counter,
      freezeCount: counter,
      concealedSamples: counter,
      silentConcealedSamples: counter,
      totalSamplesReceived: counter,
    });
    fc.assert(
      fc.property(flow, flow, (one, other) => {
        const rtp = { type: "inbound-rtp", mid: "1" };
        const figures = figuresOf(
          sample([{ ...rtp, ...one }]),
          sample([{ ...rtp, ...other }], 2e3),
        );
        for (const value of Object.values(figures?.inbound.video ?? {})) {
          if (value !== undefined) expect(value).toBeGreaterThanOrEqual(0);
        }
        const { packetLoss = 0 } = figures?.inbound.video ?? {};
        expect(packetLoss).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("the path", () => {
  const local = { id: "l", type: "local-candidate", candidateType: "relay", protocol: "udp" };
  const remote = { id: "r", type: "remote-candidate", candidateType: "host", protocol: "udp" };
  const pair = { id: "p", type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r" };

  it("is that of the selected pair", () => {
    const other = { ...pair, id: "q", nominated: true, localCandidateId: "none" };
    const transport = { type: "transport", selectedCandidatePairId: "p" };
    const wifi = { ...local, relayProtocol: "tls", networkType: "wifi" };
    const { path } = sample([
      other,
      { ...pair, currentRoundTripTime: 0.05 },
      transport,
      wifi,
      remote,
    ]);
    expect(path).toEqual({
      local: "relay",
      remote: "host",
      protocol: "udp",
      relayProtocol: "tls",
      network: "wifi",
    });
  });

  it("in Firefox, which counts no transport, is that of the pair that it marks", () => {
    const marked = { ...pair, selected: true };
    expect(
      sample([{ ...pair, id: "q", localCandidateId: "none" }, marked, local, remote]).path,
    ).toEqual({ local: "relay", remote: "host", protocol: "udp" });
  });

  it("are without what is no number, and a part is never more than the whole", () => {
    const rtp = { id: "out", type: "outbound-rtp", mid: "0", ssrc: 9, packetsSent: 0 };
    const heard = { type: "remote-inbound-rtp", localId: "out", ssrc: 9, packetsLost: 0 };
    const pair = { id: "pair", type: "candidate-pair", selected: true };
    const now = sample(
      [
        { ...audioIn, bytesReceived: Number.NaN, jitter: Number.NaN, packetsReceived: Infinity },
        { ...rtp, packetsSent: 10 },
        { ...heard, packetsLost: 8_388_607, roundTripTime: Number.NaN },
        { ...pair, currentRoundTripTime: Number.NaN, availableOutgoingBitrate: Number.NaN },
      ],
      2_000,
    );
    const figures = figuresOf(sample([audioIn, rtp, heard, pair]), now);
    expect(figures).toMatchObject({ roundTripMs: undefined, availableOutgoingBitrate: undefined });
    expect(figures?.inbound.audio).toMatchObject({
      bitrate: undefined,
      jitterMs: undefined,
      packetLoss: undefined,
    });
    expect(figures?.outbound.audio).toMatchObject({ packetLoss: 1, roundTripMs: undefined });
    const told = { ...heard, fractionLost: Number.NaN };
    const later = sample([{ ...rtp, packetsSent: 10 }, told], 2_000);
    expect(figuresOf(sample([rtp]), later)?.outbound.audio?.packetLoss).toBe(0);
  });
});
