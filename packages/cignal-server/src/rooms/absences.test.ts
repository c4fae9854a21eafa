import type { ServerMessage } from "@cignal/protocol";
import { describe, expect, it } from "vitest";
import { envelope } from "../../test/envelopes.js";
import { Absences } from "./absences.js";

const signal = (number: number, from = "a", session = "s1"): ServerMessage => ({
  type: "signal",
  payload: { from, envelope: envelope({ type: "bye" }, { number, session }) as never },
});

function away() {
  const absences = new Absences();
  absences.start("lost", 60_000, () => {});
  return absences;
}

describe("what waits for somebody who is away", () => {
  it("S2, D4: is kept once, however often it is sent again", () => {
    const absences = away();
    for (let time = 0; time < 50; time++) {
      for (const number of [1, 2, 3]) expect(absences.hold("lost", signal(number))).toBe(true);
    }
    expect(absences.end("lost")).toEqual([signal(1), signal(2), signal(3)]);
  });

  it("S2: is told apart by who sent it and from which session", () => {
    const absences = away();
    const different = [signal(1), signal(1, "b"), signal(1, "a", "s2")];
    for (const each of different) absences.hold("lost", each);
    expect(absences.end("lost")).toEqual(different);
  });

  it("D3: is no part of it what may be lost", () => {
    const absences = away();
    expect(absences.hold("lost", signal(0))).toBe(true);
    expect(absences.end("lost")).toEqual([]);
  });

  it("S2: is 64 messages at most", () => {
    const absences = away();
    for (let number = 1; number <= 64; number++) absences.hold("lost", signal(number));
    expect(absences.hold("lost", signal(65))).toBe(false);
    expect(absences.hold("lost", signal(64))).toBe(true);
    expect(absences.end("lost")).toHaveLength(64);
  });
});
