import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReceivedFigures, SentFigures } from "./figures.js";
import {
  GRADES,
  type Grade,
  type Inbound,
  type Judgement,
  judgeInbound,
  judgeOutbound,
  type Outbound,
} from "./grade.js";
import { SETTLE, type Settled, settle } from "./settle.js";

const came = (figures: Partial<ReceivedFigures>) => figures as ReceivedFigures;
const went = (figures: Partial<SentFigures>) => figures as SentFigures;

const inbound: Inbound = {
  cut: false,
  audio: came({ packetLoss: 0, concealment: 0, jitterMs: 5 }),
  video: came({ packetLoss: 0, framesPerSecond: 30, frozenMs: 0 }),
  expects: { audio: true, video: true },
  stalled: { audio: false, video: false },
  roundTripMs: 30,
};
const outbound: Outbound = {
  cut: false,
  audio: went({ packetLoss: 0, jitterMs: 5 }),
  video: went({ packetLoss: 0, limitedBy: "none" }),
  rampingUp: false,
  roundTripMs: 30,
  availableOutgoingBitrate: 3_000_000,
};
const noSound = { audio: undefined, expects: { audio: false, video: true } };
const still = { stalled: { audio: false, video: true } };
const narrow = { video: went({ limitedBy: "bandwidth", bitrate: 90_000 }) };

describe("the grade of what comes", () => {
  const table: [what: string, change: Partial<Inbound>, grade: Grade, trouble: string][] = [
    ["nothing wrong", {}, "good", "nothing"],
    ["no connection", { cut: true }, "lost", "cut"],
    ["no sound", { stalled: { audio: true, video: false } }, "lost", "silence"],
    ["lost sound", { audio: came({ packetLoss: 0.2, concealment: 0.15 }) }, "poor", "loss"],
    ["some lost sound", { audio: came({ packetLoss: 0.1, concealment: 0.06 }) }, "fair", "loss"],
    ["late sound", { audio: came({ packetLoss: 0, concealment: 0.15 }) }, "poor", "jitter"],
    ["uneven sound", { audio: came({ jitterMs: 100 }) }, "fair", "jitter"],
    ["a long way", { roundTripMs: 400, leastRoundTripMs: 380 }, "fair", "delay"],
    ["a full link", { roundTripMs: 1_800, leastRoundTripMs: 30 }, "poor", "slow-link"],
    ["a picture that stands still, with sound", still, "poor", "freeze"],
    ["a picture that stands still, alone", { ...still, ...noSound }, "lost", "freeze"],
    ["few pictures, with sound", { video: came({ framesPerSecond: 3 }) }, "fair", "slow-link"],
    ["few pictures", { ...noSound, video: came({ framesPerSecond: 3 }) }, "poor", "slow-link"],
    [
      "a camera that gives few",
      { video: came({ framesPerSecond: 9 }), mostFrames: 10 },
      "good",
      "nothing",
    ],
    [
      "fewer pictures than came",
      { video: came({ framesPerSecond: 8 }), mostFrames: 30 },
      "fair",
      "slow-link",
    ],
    ["no picture yet", { video: came({ framesPerSecond: 0 }) }, "fair", "freeze"],
    ["moments that stand still", { video: came({ frozenMs: 500 }) }, "fair", "freeze"],
    ["bad sound that is muted", { ...inbound, ...noSound }, "good", "nothing"],
    ["a browser that counts nothing", { audio: came({}), video: came({}) }, "good", "nothing"],
  ];
  it.each(table)("%s", (_, change, grade, trouble) => {
    expect(judgeInbound({ ...inbound, ...change }, 1_000)).toMatchObject({ grade, trouble });
  });

  it("puts sound before the picture, also in words", () => {
    const both = { audio: came({ packetLoss: 0.08 }), video: came({ packetLoss: 0.2 }) };
    expect(judgeInbound({ ...inbound, ...both }, 1_000)).toEqual({
      grade: "fair",
      trouble: "loss",
      reason: "8 % of the sound is lost on the way.",
    });
  });
});

describe("the grade of what is sent", () => {
  const table: [what: string, change: Partial<Outbound>, grade: Grade, trouble: string][] = [
    ["nothing wrong", {}, "good", "nothing"],
    ["no connection", { cut: true }, "lost", "cut"],
    ["lost sound", { audio: went({ packetLoss: 0.2 }) }, "poor", "loss"],
    ["a slow link, with sound", narrow, "fair", "slow-link"],
    ["a slow link", { ...narrow, audio: undefined }, "poor", "slow-link"],
    [
      "pictures that are left out, with sound",
      { video: went({ limitedBy: "none", framesPerSecond: 4, wantedFramesPerSecond: 15 }) },
      "fair",
      "slow-link",
    ],
    [
      "a camera that gives few",
      { video: went({ limitedBy: "none", framesPerSecond: 4, wantedFramesPerSecond: 5 }) },
      "good",
      "nothing",
    ],
    ["a call that has only begun", { ...narrow, rampingUp: true }, "good", "nothing"],
    ["a slow computer", { video: went({ limitedBy: "cpu" }) }, "fair", "cpu"],
    ["a browser that counts nothing", { audio: went({}), video: went({}) }, "good", "nothing"],
  ];
  it.each(table)("%s", (_, change, grade, trouble) => {
    expect(judgeOutbound({ ...outbound, ...change })).toMatchObject({ grade, trouble });
  });
});

describe("the grade that is told", () => {
  const judged = (grade: Grade): Judgement => ({ grade, trouble: "nothing", reason: grade });
  const steps = fc.array(
    fc.record({ grade: fc.constantFrom(...GRADES), afterMs: fc.integer({ min: 100, max: 3_000 }) }),
    { minLength: 1, maxLength: 60 },
  );

  /** The grades as they are told, each with when it was, and the judgements up to then. */
  function play(all: readonly { grade: Grade; afterMs: number }[]) {
    let now = 0;
    let state: Settled = { told: judged("good") };
    return all.map(({ grade, afterMs }) => {
      now += afterMs;
      state = settle(state, judged(grade), now);
      return { now, judged: grade, told: state.told.grade };
    });
  }

  it("does not flap: each change has lasted before it is told", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const told = play(all);
        for (const [index, { now, told: grade }] of told.entries()) {
          const before = told[index - 1]?.told ?? "good";
          if (grade === before) continue;
          const fell = GRADES.indexOf(grade) > GRADES.indexOf(before);
          const waitMs = fell ? SETTLE.worseMs : SETTLE.betterMs;
          const window = told.slice(0, index + 1).filter((each) => now - each.now < waitMs);
          for (const each of window) {
            const atLeast = GRADES.indexOf(each.judged) - GRADES.indexOf(grade);
            expect(fell ? atLeast : -atLeast).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it("comes to what stays", () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...GRADES), (all, grade) => {
        const stays = Array.from({ length: 14 }, () => ({ grade, afterMs: 1_000 }));
        expect(play([...all, ...stays]).at(-1)?.told).toBe(grade);
      }),
    );
  });

  it("falls within 3 s of looks each second, and is not moved by one bad second", () => {
    const looks = (...grades: Grade[]) => play(grades.map((grade) => ({ grade, afterMs: 1_000 })));
    expect(looks("poor", "poor", "poor").at(-1)?.told).toBe("poor");
    expect(looks("poor", "good", "poor", "good").map(({ told }) => told)).toEqual(
      Array(4).fill("good"),
    );
  });
});
