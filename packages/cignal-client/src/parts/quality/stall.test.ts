import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Observation, STALL_MS, Stall, type StallChange } from "./stall.js";

type Step = Partial<Observation> & { afterMs?: number };

function play(...steps: Step[]): StallChange[] {
  const stall = new Stall(5_000);
  let now = 1_000_000;
  return steps.flatMap(({ afterMs = 1_000, ...step }) => {
    now += afterMs;
    const change = stall.observe({ expected: true, came: false, unseen: false, ...step, now });
    return change ? [change] : [];
  });
}

const comes = { came: true };
const nothing = {};
const off = { expected: false };

describe("a picture that stands still", () => {
  it("is told once, with one end", () => {
    const changes = play(comes, comes, nothing, nothing, nothing, comes, comes);
    expect(changes).toMatchObject([
      { type: "begun" },
      { type: "ended", durationMs: 4_000, recovered: true },
    ]);
  });

  it("is none when the camera is off, and ends when it is switched off", () => {
    expect(play(comes, off, off, off)).toEqual([]);
    expect(play(comes, nothing, nothing, off, off)).toMatchObject([
      { type: "begun" },
      { type: "ended", recovered: false },
    ]);
  });

  it("has time to begin after it was switched on", () => {
    expect(play(off, nothing, comes)).toEqual([]);
  });

  it("is not told of what nobody saw or what the page slept through", () => {
    const unseen = { unseen: true };
    expect(play(comes, unseen, unseen, unseen, comes)).toEqual([]);
    expect(play(comes, { afterMs: 60_000 }, comes)).toEqual([]);
  });

  it("has a beginning and an end in turn, and lasts, whatever happens", () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 1, max: 9_000 }),
      expected: fc.boolean(),
      came: fc.boolean(),
      unseen: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const changes = play(...steps, off);
        expect(changes.length % 2).toBe(0);
        for (const [index, change] of changes.entries()) {
          expect(change.type).toBe(index % 2 === 0 ? "begun" : "ended");
          if (change.type === "ended") expect(change.durationMs).toBeGreaterThanOrEqual(STALL_MS);
        }
      }),
    );
  });
});
