import { expect, it } from "vitest";
import { RtpNumbering } from "./rtp-numbering.js";

/** Numbers the packet with these numbers, and says which it gets: sequence number and timestamp. */
function numbersOf(
  numbering: RtpNumbering,
  [sequenceNumber, timestamp, ssrc = 1]: [number, number, number?],
  source: string,
  now: number,
) {
  const numbers = numbering.number({ sequenceNumber, timestamp, ssrc }, source, now);
  return [numbers.sequenceNumber, numbers.timestamp];
}

it("leaves the first source as it is, with its gaps and its disorder", () => {
  const numbering = new RtpNumbering(90_000);
  for (const number of [65_534, 65_535, 1, 0, 2]) {
    expect(numbersOf(numbering, [number, 5], "a", 0)).toEqual([number, 5]);
  }
});

it("goes on with another source where the one before was, at the time that has passed", () => {
  const numbering = new RtpNumbering(90_000);
  numbersOf(numbering, [65_535, 4_294_967_000], "a", 1_000);
  // A late one does not set the numbers back.
  numbersOf(numbering, [65_530, 4_294_960_000], "a", 1_010);
  expect(numbersOf(numbering, [500, 7], "b", 1_100)).toEqual([0, 8_704]);
  expect(numbersOf(numbering, [501, 3_007], "b", 1_133)).toEqual([1, 11_704]);
  expect(numbersOf(numbering, [9, 9], "a", 1_133)).toEqual([2, 11_705]);
});

it("takes another SSRC of the same source for another stream", () => {
  const numbering = new RtpNumbering(48_000);
  numbersOf(numbering, [10, 960], "a", 0);
  expect(numbersOf(numbering, [4_000, 1, 2], "a", 20)).toEqual([11, 1_920]);
});
