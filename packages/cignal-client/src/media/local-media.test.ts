import { describe, expect, it, vi } from "vitest";
import { attempt } from "../../test/attempt.js";
import { fakeBrowser, fakeStorage, fakeStream } from "../../test/fake-browser.js";
import type { CignalError } from "../errors.js";
import { DeviceMemory } from "./device-memory.js";
import { type Intent, LocalMedia, NOTHING, type Outbound } from "./local-media.js";

const dom = (name: string, extra: object = {}) =>
  Object.assign(new Error("from the browser"), { name }, extra);

async function capture(
  constraints: MediaStreamConstraints,
  getUserMedia?: (constraints: MediaStreamConstraints) => Promise<MediaStream>,
) {
  const told = localMedia(constraints, getUserMedia);
  await told.media.start();
  return told;
}

function localMedia(
  constraints: MediaStreamConstraints,
  getUserMedia?: (constraints: MediaStreamConstraints) => Promise<MediaStream>,
  storage?: ReturnType<typeof fakeStorage>,
  intent?: unknown,
) {
  const intents: Intent[] = [];
  const reported = new Set<unknown>();
  const streams: MediaStream[] = [];
  const outbounds: Outbound[] = [];
  const states: string[] = [];
  const media = new LocalMedia({
    browser: fakeBrowser({ getUserMedia: () => getUserMedia }),
    constraints,
    intent,
    onIntent: (intent) => intents.push(intent),
    screenRefusal: () => undefined,
    memory: new DeviceMemory(storage),
    attempt: attempt((error) => reported.add(error)),
    onStream: (stream) => streams.push(stream),
    onOutbound: (outbound) => outbounds.push(outbound),
    onState: (kind, state) => states.push(`${kind} ${state}`),
    onDevices: () => {},
    onChange: () => {},
  });
  return {
    media,
    streams,
    outbounds,
    states,
    intents,
    errors: () => [...reported] as CignalError[],
  };
}

const both = { audio: true, video: true };

const stream = async ({ audio, video }: MediaStreamConstraints) =>
  fakeStream(...(audio ? (["audio"] as const) : []), ...(video ? (["video"] as const) : []));

describe("LocalMedia", () => {
  it("asks for nothing when nothing is wanted", async () => {
    const getUserMedia = vi.fn();
    const { errors, media } = await capture({ audio: false, video: false }, getUserMedia);
    expect(getUserMedia).not.toHaveBeenCalled();
    expect(errors()).toEqual([]);
    expect(media.outbound).toMatchObject({ audio: null, video: null, camera: "off" });
  });

  it("says what an error of the browser means", async () => {
    const cause = dom("OverconstrainedError", { constraint: "frameRate" });
    const { errors, streams } = await capture({ video: true }, () => Promise.reject(cause));
    expect(errors()).toMatchObject([{ code: "constraints-not-met", device: "camera", cause }]);
    expect(errors()[0]?.message).toContain("frameRate");
    expect(streams).toEqual([]);
  });

  it("says that the page is insecure where a browser hides the devices", async () => {
    const { errors } = await capture(both);
    expect(errors()).toMatchObject([{ code: "insecure-page", device: "microphone and camera" }]);
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
      expect(errors()).toMatchObject([{ code: "device-not-found", device }]);
      expect(media.outbound[missing]).toBeNull();
      expect(media.stream?.getTracks()).toHaveLength(1);
    }
  });

  it("puts both on one stream when they could only be had one by one", async () => {
    const { streams, errors } = await capture(both, async ({ audio, video }) => {
      if (audio && video) throw dom("OverconstrainedError");
      return fakeStream(audio ? "audio" : "video");
    });
    expect(errors()).toEqual([]);
    expect(streams.map((stream) => stream.getTracks().length)).toEqual([2]);
  });

  it("reports one denial of both as one", async () => {
    const { errors } = await capture(both, () => Promise.reject(dom("NotAllowedError")));
    expect(errors()).toMatchObject([
      { code: "permission-denied", device: "microphone and camera", retryable: true },
    ]);
  });

  it("says nothing of a failure after it was stopped", async () => {
    const { media, errors } = localMedia(both, () => Promise.reject(dom("NotFoundError")));
    const started = media.start();
    media.stop();
    await started;
    expect(errors()).toEqual([]);
  });

  it("shows both kinds on one stream from the first moment, and keeps to that stream", async () => {
    const { media, streams } = await capture(both, stream);
    expect(streams.map((each) => each.getTracks().length)).toEqual([2]);
    media.camera.stop();
    expect(streams[0]?.getVideoTracks()).toEqual([]);
    await media.camera.start();
    expect(streams[0]?.getTracks()).toEqual([media.microphone.track, media.camera.track]);
    expect(media.stream).toBe(streams[0]);
    expect(streams).toHaveLength(1);
  });

  it("shows a stream once, also to a page that had a preview before", async () => {
    const { media, streams } = localMedia(both, stream);
    await media.camera.start();
    expect(streams).toHaveLength(1);
    await media.start();
    expect(streams).toHaveLength(1);
    expect(streams[0]?.getTracks()).toHaveLength(2);
  });

  it("reports a browser that gives less than it was asked for", async () => {
    const { errors, media } = await capture(both, async () => fakeStream("audio"));
    expect(errors()).toMatchObject([{ code: "media-failed", device: "camera" }]);
    expect([media.microphone.state, media.camera.state]).toEqual(["live", "blocked"]);
  });

  it("asks for both with one question, at first and later", async () => {
    const getUserMedia = vi.fn(stream);
    const { media } = await capture({ audio: { echoCancellation: true } }, getUserMedia);
    media.microphone.stop();
    await Promise.all([media.microphone.start(), media.camera.start()]);
    expect(getUserMedia.mock.calls).toEqual([
      [{ audio: { echoCancellation: true } }],
      [{ audio: { echoCancellation: true }, video: true }],
    ]);
  });

  it("tells the other side how each source is", async () => {
    const { media, outbounds } = await capture(both, stream);
    const { microphone, camera } = media;
    expect(outbounds.at(-1)).toMatchObject({ microphone: "on", camera: "on" });
    outbounds.length = 0;
    microphone.mute();
    microphone.mute();
    camera.stop();
    expect(outbounds).toHaveLength(2);
    expect(media.outbound).toEqual({
      ...NOTHING,
      audio: microphone.track,
      microphone: "muted",
    });
  });

  it("tells each state of each source once", async () => {
    const { media, states } = await capture(both, stream);
    media.microphone.mute();
    media.microphone.mute();
    media.camera.stop();
    media.stop();
    expect(states).toEqual([
      "microphone starting",
      "camera starting",
      "microphone live",
      "camera live",
      "microphone muted",
      "camera off",
      "microphone off",
    ]);
  });

  it("asks for the device that a page before has chosen, unless this one has a wish of its own", async () => {
    const storage = fakeStorage();
    const first = localMedia(both, stream, storage);
    await first.media.start();
    await first.media.camera.switchDevice("second");
    const getUserMedia = vi.fn(stream);
    await localMedia({ video: { width: 640 } }, getUserMedia, storage).media.start();
    const ownWish = { video: { deviceId: "first" } };
    await localMedia(ownWish, getUserMedia, storage).media.start();
    expect(getUserMedia.mock.calls).toEqual([
      [{ video: { width: 640, deviceId: { exact: "second" } } }],
      [ownWish],
    ]);
  });

  it("does without the remembered device if it is not there, but not if it is denied", async () => {
    const storage = fakeStorage();
    storage.setItem("cignal devices", JSON.stringify({ camera: "gone" }));
    const asked: unknown[] = [];
    const camera = (name: string) => async (constraints: MediaStreamConstraints) => {
      asked.push(constraints.video);
      if (Object(constraints.video).deviceId) throw dom(name);
      return stream(constraints);
    };
    const { media, errors } = localMedia(both, camera("OverconstrainedError"), storage);
    await media.start();
    expect([media.camera.state, media.microphone.state]).toEqual(["live", "live"]);
    expect(asked.at(-1)).toBe(true);
    expect(errors()).toEqual([]);

    asked.length = 0;
    const denied = localMedia({ video: true }, camera("NotAllowedError"), storage);
    await denied.media.start();
    expect(denied.media.camera.state).toBe("blocked");
    expect(asked).toHaveLength(1);
  });

  it("insists on a device only at the moment when it is chosen", async () => {
    const there = new Set(["second"]);
    const { media, errors } = await capture({ video: true }, async ({ video }) => {
      const { exact } = Object(Object(video).deviceId);
      if (exact && !there.has(exact)) throw dom("OverconstrainedError");
      return fakeStream("video");
    });
    await media.camera.switchDevice("second");
    media.camera.stop();
    there.clear();
    await media.camera.start();
    expect(media.camera.state).toBe("live");
    expect(errors()).toEqual([]);
    expect(await media.camera.switchDevice("third")).toMatchObject({ success: false });
    expect(media.camera.state).toBe("live");
  });

  it.each([
    [{ microphone: "muted", camera: "off" }, both, "muted", "off"],
    [{ microphone: "on", camera: "muted" }, { audio: false, video: false }, "live", "muted"],
    [{ camera: "off" }, both, "live", "off"],
    [undefined, both, "live", "live"],
    ["nonsense", both, "live", "live"],
    [{ microphone: 7, camera: null }, { audio: true }, "live", "off"],
  ])("goes on as %j says of the page before", async (intent, constraints, microphone, camera) => {
    const { media } = localMedia(constraints, stream, undefined, intent);
    await media.start();
    expect([media.microphone.state, media.camera.state]).toEqual([microphone, camera]);
  });

  it("tells what the page wants, not what becomes of it, for the next page", async () => {
    const { media, intents } = localMedia(both, async (constraints) => {
      if (constraints.video) throw dom("NotFoundError");
      return stream(constraints);
    });
    media.camera.mute();
    expect(intents).toEqual([]);
    await media.start();
    expect(intents).toEqual([{ microphone: "on", camera: "muted" }]);
    media.microphone.stop();
    await media.camera.use(fakeStream("video").getVideoTracks()[0] as MediaStreamTrack);
    expect(intents.slice(1)).toEqual([
      { microphone: "off", camera: "muted" },
      { microphone: "off", camera: undefined },
    ]);
    media.stop();
    expect(intents).toHaveLength(3);
  });

  it("has nothing left after it was stopped", async () => {
    const { media } = await capture(both, stream);
    const tracks = media.stream?.getTracks();
    media.stop();
    expect(tracks?.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
    expect(media.stream).toBeNull();
    expect(media.microphone.state).toBe("off");
  });
});
