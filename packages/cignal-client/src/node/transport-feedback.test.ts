import fc from "fast-check";
import { beforeEach, expect, it, vi } from "vitest";
import * as werift from "werift";
import { reportOf, TransportFeedback } from "./transport-feedback.js";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** What werift reads in a report: when each packet has come, in milliseconds; `undefined` for one that was lost. */
function read(sent: werift.RtcpTransportLayerFeedback): Map<number, number | undefined> {
  const bytes = sent.serialize();
  // The length of its header, in 32 bits beside the first (RFC 3550, section 6.4.1).
  expect(bytes).toHaveLength(4 * (bytes.readUInt16BE(2) + 1));
  const [packet] = werift.RtcpPacketConverter.deSerialize(bytes);
  const { feedback } = packet as werift.RtcpTransportLayerFeedback;
  const report = feedback as werift.TransportWideCC;
  const statuses = report.packetChunks
    .flatMap((chunk) =>
      chunk instanceof werift.RunLengthChunk
        ? Array.from({ length: chunk.runLength }, () => chunk.packetStatus)
        : chunk.symbolList,
    )
    .slice(0, report.packetStatusCount);
  const deltas = report.recvDeltas.values();
  let at = report.referenceTime * 64;
  const times = statuses.map((status) => {
    if (status === 0) return undefined;
    at += (deltas.next().value?.delta ?? Number.NaN) / 1000;
    return at;
  });
  return new Map(times.map((time, index) => [(report.baseSequenceNumber + index) % 65_536, time]));
}

it("says when packets have come and which have not", () => {
  const gaps = fc.array(fc.record({ lost: fc.nat(9), after: fc.nat(900) }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(gaps, fc.nat(60_000), (steps, first) => {
      const arrivals = new Map<number, number>();
      let number = first;
      let at = 1_000;
      for (const { lost, after } of steps) {
        arrivals.set(number, at);
        number += lost + 1;
        at += after / 4;
      }
      const last = Math.max(...arrivals.keys());
      const result = read(reportOf(werift, { media: 7, first, last, arrivals, count: 0 }));
      expect(result.size).toBe(last - first + 1);
      for (let each = first; each <= last; each++) {
        expect(result.get(each % 65_536)).toBe(arrivals.get(each));
      }
    }),
  );
});

it("reports each packet once, ten times a second, and only while some come", () => {
  const sent: werift.RtcpTransportLayerFeedback[] = [];
  const feedback = new TransportFeedback(werift, (report) => sent.push(report));
  feedback.note(65_535, 1_000, 7);
  feedback.note(1, 1_002, 7);
  vi.advanceTimersByTime(99);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  // 0 has come late enough to be told as lost.
  feedback.note(0, 1_101, 7);
  vi.advanceTimersByTime(1_000);
  feedback.note(2, 2_104, 7);
  vi.advanceTimersByTime(1_000);
  expect(sent.map((report) => [...read(report)])).toEqual([
    [
      [65_535, 1_000],
      [0, undefined],
      [1, 1_002],
    ],
    [[2, 2_104]],
  ]);
  feedback.note(3, 3_000, 7);
  feedback.close();
  vi.advanceTimersByTime(1_000);
  expect(sent).toHaveLength(2);
  const closed = new TransportFeedback(werift, (report) => sent.push(report));
  closed.close();
  // What was on its way meanwhile.
  closed.note(4, 4_000, 7);
  expect(vi.getTimerCount()).toBe(0);
});

it("begins anew where a stream goes on far away", () => {
  const sent: werift.RtcpTransportLayerFeedback[] = [];
  const feedback = new TransportFeedback(werift, (report) => sent.push(report));
  feedback.note(1, 1_000, 7);
  feedback.note(20_000, 1_010, 7);
  vi.advanceTimersByTime(100);
  expect(sent.map((report) => [...read(report)])).toEqual([[[20_000, 1_010]]]);
});
