import { afterEach, expect, it, vi } from "vitest";
import { openEar } from "./ear.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A track, and what its copies have been told. */
function microphone() {
  const copy = { enabled: false, stop: vi.fn() };
  return { copy, track: { clone: () => copy } as unknown as MediaStreamTrack };
}

const fails = class {
  constructor() {
    throw new DOMException("There is no sound on this computer.", "NotSupportedError");
  }
};

it("hears nothing where the browser cannot listen, and lets go of the microphone", () => {
  const close = vi.fn(async () => {});
  const context = class {
    close = close;
  };
  const node = class {};
  vi.stubGlobal("MediaStream", class {});
  for (const [AudioContext, AnalyserNode, MediaStreamAudioSourceNode] of [
    [fails, node, node],
    [context, fails, node],
    [context, node, fails],
  ]) {
    vi.stubGlobal("AudioContext", AudioContext);
    vi.stubGlobal("AnalyserNode", AnalyserNode);
    vi.stubGlobal("MediaStreamAudioSourceNode", MediaStreamAudioSourceNode);
    const { copy, track } = microphone();
    expect(openEar(track)).toBeUndefined();
    expect(copy.stop).toHaveBeenCalledTimes(1);
  }
  expect(close).toHaveBeenCalledTimes(2);
});
