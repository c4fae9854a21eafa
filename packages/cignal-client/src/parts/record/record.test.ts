import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeStream } from "../../../test/fake-browser.js";
import { type RecordingBrowser, recordingBrowser } from "../../browser/recording.js";
import type { Session } from "../../session.js";
import { record } from "./record.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Begins to record where Web Audio does not begin. */
function beginInSilence(isInGesture: boolean) {
  const context = {
    state: "suspended",
    resume: () => new Promise(() => {}),
    close: vi.fn(async () => {}),
  };
  const browser: RecordingBrowser = {
    ...recordingBrowser,
    recorder: () => ({ supports: () => true, create: vi.fn() }),
    createAudioContext: () => context as unknown as AudioContext,
    isInGesture: () => isInGesture,
  };
  const shot = { id: "bob", name: "Bob", role: "camera", track: undefined, off: false } as const;
  const scene = { shots: [shot], sounds: fakeStream("audio").getTracks() };
  const subject = { options: {}, scene: () => scene, nothing: "", isOver: () => false };
  const failed = record({ session: {} as Session, ...subject }, browser).catch((error) => error);
  return { failed, context };
}

describe("where Web Audio does not begin", () => {
  it("a click is asked for outside of one", async () => {
    const { failed, context } = beginInSilence(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await failed).toMatchObject({ code: "click-needed", retryable: true });
    expect(context.close).toHaveBeenCalledOnce();
  });

  it("it is said in a click that sound is missing, after longer than a busy machine takes", async () => {
    const { failed, context } = beginInSilence(true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(context.close).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    const message = expect.stringContaining("Connect headphones or a loudspeaker");
    expect(await failed).toMatchObject({ code: "recording-failed", message, retryable: true });
    expect(context.close).toHaveBeenCalledOnce();
  });
});
