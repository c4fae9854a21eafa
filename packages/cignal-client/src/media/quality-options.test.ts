import { describe, expect, it } from "vitest";
import { checkQuality, type Quality } from "./quality-options.js";

describe("quality", () => {
  it("may be left out, and names may be written in any case", () => {
    const qualities: Quality[] = [
      {},
      { audio: { codecs: ["RED", "opus"], maxBitrate: 24_000 } },
      { video: { codecs: ["vp9"], degradationPreference: "maintain-resolution" } },
      { screen: { maxFramerate: 5, maxBitrate: undefined } },
    ];
    for (const quality of qualities) expect(checkQuality(quality)).toBe(quality);
  });

  it.each([
    [{ video: { codecs: ["opus"] } }, "quality.video.codecs: expected a list of VP8, VP9"],
    [{ audio: { codecs: ["VP8"] } }, "quality.audio.codecs: expected a list of opus, red"],
    [{ audio: { maxBitrate: 0 } }, "quality.audio.maxBitrate: expected a number above 0"],
    [{ video: { maxBitrate: "1M" } }, "quality.video.maxBitrate: expected a number above 0"],
    [{ screen: { maxFramerate: Number.NaN } }, "quality.screen.maxFramerate"],
    [{ screen: { degradationPreference: "none" } }, "expected one of balanced, maintain-framerate"],
  ])("says what is wrong in %j", (quality, message) => {
    expect(() => checkQuality(quality as Quality)).toThrow(TypeError);
    expect(() => checkQuality(quality as Quality)).toThrow(message);
  });
});
