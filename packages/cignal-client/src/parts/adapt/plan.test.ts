import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPlan, limited, type Plan } from "./plan.js";

const limit = fc.option(fc.integer({ min: 1, max: 5_000_000 }), { nil: undefined });

describe("what is sent", () => {
  it("is never more than the app wants, nor than the plan allows", () => {
    fc.assert(
      fc.property(limit, limit, limit, limit, (wanted, allowed, rate, allowedRate) => {
        const quality = { video: { maxBitrate: wanted, maxFramerate: rate } };
        const limits = { video: { maxBitrate: allowed, maxFramerate: allowedRate } };
        const { video } = limited(quality, limits);
        const least = (...each: (number | undefined)[]) =>
          Math.min(...each.map((value) => value ?? Number.POSITIVE_INFINITY));
        expect(least(video?.maxBitrate)).toBe(least(wanted, allowed));
        expect(least(video?.maxFramerate)).toBe(least(rate, allowedRate));
      }),
    );
  });

  it("has the smaller picture of two, and what the app has said of codecs", () => {
    const quality = { video: { codecs: ["VP9"] }, audio: { codecs: ["red"] } };
    const { video, audio } = limited(
      quality,
      { video: { scaleResolutionDownBy: 2 } },
      { scaleResolutionDownBy: 3, maxFramerate: 10 },
    );
    expect(video).toEqual({ codecs: ["VP9"], scaleResolutionDownBy: 3, maxFramerate: 10 });
    expect(audio).toEqual({ codecs: ["red"] });
  });

  it("stops while it is paused", () => {
    expect(limited({}, { video: { paused: true } }).video).toEqual({ active: false });
  });
});

it.each([
  ["policy", 7],
  ["plan.capture.maxWidth", { capture: { maxWidth: 0 } }],
  ['plan.peers["a"].audio.maxBitrate', { peers: { a: { audio: { maxBitrate: Number.NaN } } } }],
  [
    'plan.peers["a"].video.scaleResolutionDownBy',
    { peers: { a: { video: { scaleResolutionDownBy: 0.5 } } } },
  ],
  [
    'plan.peers["a"].screen.scaleResolutionDownBy',
    { peers: { a: { screen: { scaleResolutionDownBy: Number.POSITIVE_INFINITY } } } },
  ],
])("a plan that makes no sense is a TypeError: %s", (field, plan) => {
  expect(() => checkPlan(plan as Plan)).toThrow(TypeError);
  expect(() => checkPlan(plan as Plan)).toThrow(field);
});
