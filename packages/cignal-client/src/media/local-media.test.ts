import { describe, expect, it, vi } from "vitest";
import { fakeBrowser, fakeStream } from "../../test/fake-browser.js";
import type { CignalError } from "../errors.js";
import { LocalMedia } from "./local-media.js";

const dom = (name: string, extra: object = {}) =>
  Object.assign(new Error("from the browser"), { name }, extra);

async function capture(
  constraints: MediaStreamConstraints,
  getUserMedia?: (constraints: MediaStreamConstraints) => Promise<MediaStream>,
) {
  const errors: CignalError[] = [];
  const streams: MediaStream[] = [];
  const media = new LocalMedia({
    browser: fakeBrowser({ getUserMedia: () => getUserMedia }),
    constraints,
    onStream: (stream) => streams.push(stream),
    onError: (error) => errors.push(error),
  });
  await media.start();
  return { media, errors, streams };
}

const both = { audio: true, video: true };

describe("LocalMedia", () => {
  it("asks for nothing when nothing is wanted", async () => {
    const getUserMedia = vi.fn();
    const { errors, media } = await capture({ audio: false, video: false }, getUserMedia);
    expect(getUserMedia).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
    expect(media.tracks).toEqual({ audio: null, video: null });
  });

  it.each([
    ["NotAllowedError", "permission-denied"],
    ["SecurityError", "permission-denied"],
    ["NotFoundError", "device-not-found"],
    ["NotReadableError", "device-busy"],
    ["AbortError", "device-busy"],
    ["OverconstrainedError", "constraints-not-met"],
    ["TypeError", "media-failed"],
    ["InvalidStateError", "media-failed"],
  ])("says what %s means: %s", async (name, code) => {
    const cause = dom(name, { constraint: "width" });
    const { errors, streams } = await capture({ video: true }, () => Promise.reject(cause));
    expect(errors).toMatchObject([{ code, device: "camera", cause }]);
    expect(errors[0]?.message).toMatch(/camera/);
    expect(streams).toEqual([]);
  });

  it("names the constraint that cannot be met", async () => {
    const cause = dom("OverconstrainedError", { constraint: "frameRate" });
    const { errors } = await capture({ video: true }, () => Promise.reject(cause));
    expect(errors[0]?.message).toContain("frameRate");
  });

  it("says that the page is insecure where a browser hides the devices", async () => {
    const { errors } = await capture(both);
    expect(errors).toMatchObject([{ code: "insecure-page", device: "microphone and camera" }]);
  });

  it("uses the microphone when there is no camera, and the other way round", async () => {
    for (const [missing, device] of [
      ["video", "camera"],
      ["audio", "microphone"],
    ] as const) {
      const { errors, media } = await capture(both, async (constraints) => {
        if (constraints[missing]) throw dom("NotFoundError");
        return fakeStream(missing === "video" ? "audio" : "video");
      });
      expect(errors).toMatchObject([{ code: "device-not-found", device }]);
      expect(media.tracks[missing]).toBeNull();
      expect(media.stream?.getTracks()).toHaveLength(1);
    }
  });

  it("puts both on one stream when they could only be had one by one", async () => {
    const { streams, errors } = await capture(both, async ({ audio, video }) => {
      if (audio && video) throw dom("OverconstrainedError");
      return fakeStream(audio ? "audio" : "video");
    });
    expect(errors).toEqual([]);
    expect(streams.map((stream) => stream.getTracks().length)).toEqual([2]);
  });

  it("reports one denial of both as one", async () => {
    const { errors } = await capture(both, () => Promise.reject(dom("NotAllowedError")));
    expect(errors).toMatchObject([
      { code: "permission-denied", device: "microphone and camera", retryable: true },
    ]);
  });

  it("says nothing of a failure after it was stopped", async () => {
    const errors: CignalError[] = [];
    const media = new LocalMedia({
      browser: fakeBrowser({ getUserMedia: () => () => Promise.reject(dom("NotFoundError")) }),
      constraints: both,
      onStream: () => {},
      onError: (error) => errors.push(error),
    });
    const started = media.start();
    media.stop();
    await started;
    expect(errors).toEqual([]);
  });
});
