import { afterEach, describe, expect, it, vi } from "vitest";
import { Camera, constrain } from "./camera.js";

const vga = { width: 640, height: 480, frameRate: 30 };

class FakeCameraTrack {
  settings = { ...vga };
  readonly applied: MediaTrackConstraints[] = [];
  refuses = false;
  /** Says yes, and stays as it is. */
  ignores = false;

  constructor(private asked: MediaTrackConstraints = {}) {}

  getConstraints = () => this.applied.at(-1) ?? this.asked;
  getSettings = () => this.settings;
  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    if (this.refuses) throw new DOMException("no", "OverconstrainedError");
    this.applied.push(constraints);
    if (this.ignores) return;
    const { width, height } = constraints as Record<string, { ideal: number }>;
    Object.assign(this.settings, { width: width?.ideal, height: height?.ideal });
  }
}

function cameraOf(track: FakeCameraTrack, intent: string | undefined = "on") {
  const source = { track: track as unknown as MediaStreamTrack, intent };
  const onRefused = vi.fn();
  return { camera: new Camera(source, onRefused), source, onRefused };
}

afterEach(() => {
  vi.useRealTimers();
});

const small = { maxWidth: 320, maxHeight: 193, maxFrameRate: 30 };

describe("what is asked of a camera", () => {
  it("keeps the shape of the picture, within both sides", () => {
    expect(constrain({}, vga, small)).toMatchObject({
      width: { ideal: 256, max: 320 },
      height: { ideal: 192, max: 193 },
      frameRate: { ideal: 30 },
    });
  });

  it("is never more than the app has asked for", () => {
    const given = { width: 160, height: 120, frameRate: 15 };
    const asked = { width: 160, height: 120, frameRate: 15 };
    expect(constrain(asked, given, { ...small, minFrameRate: 10 })).toEqual({
      width: { ideal: 160 },
      height: { ideal: 120 },
      frameRate: { ideal: 15, min: 10 },
    });
  });

  it("keeps what the app insists on, and which camera it is", () => {
    const asked = { deviceId: { exact: "front" }, width: { min: 200, ideal: 640 } };
    expect(constrain(asked, vga, small)).toMatchObject({
      deviceId: { exact: "front" },
      width: { min: 200, ideal: 256, max: 320 },
    });
  });
});

describe("an own camera", () => {
  it("is limited, and gives again what it gave", () => {
    const track = new FakeCameraTrack();
    const { camera } = cameraOf(track);
    camera.limit({});
    expect(track.applied).toHaveLength(0);
    camera.limit(small);
    camera.limit(small);
    expect(track.applied).toHaveLength(1);
    expect(track.settings).toMatchObject({ width: 256, height: 192 });
    expect(camera.given).toEqual(vga);
    expect(camera.scaling).toEqual({});
    camera.release();
    expect(track.settings).toMatchObject({ width: 640, height: 480 });
  });

  it("that takes the place of another is limited as well", () => {
    const { camera, source } = cameraOf(new FakeCameraTrack());
    camera.limit(small);
    const next = new FakeCameraTrack();
    next.settings = { width: 1280, height: 720, frameRate: 30 };
    source.track = next as unknown as MediaStreamTrack;
    camera.limit(small);
    expect(next.settings).toMatchObject({ width: 320, height: 180 });
    expect(camera.given).toMatchObject({ width: 1280 });
  });

  it("is known as it was to who limits it next, though changing it takes a moment", () => {
    const track = new FakeCameraTrack({ width: 640 });
    const { camera, source } = cameraOf(track);
    camera.limit(small);
    const asLimited = { ...track.settings };
    camera.release();
    track.settings = asLimited;
    const next = new Camera(source, vi.fn());
    expect(next.given).toEqual(vga);
    next.limit({ maxWidth: 160, maxHeight: 120 });
    next.release();
    expect(track.settings).toMatchObject({ width: 640, height: 480 });
    expect(track.applied.at(-1)?.width).toEqual({ ideal: 640 });
  });

  it("that refuses is left alone, and what is sent is made smaller", async () => {
    const track = new FakeCameraTrack();
    track.refuses = true;
    const { camera, onRefused } = cameraOf(track);
    camera.limit({ maxWidth: 320, maxHeight: 240 });
    await vi.waitFor(() => expect(onRefused).toHaveBeenCalledTimes(1));
    expect(camera.scaling).toEqual({ scaleResolutionDownBy: 2 });
  });

  it("that takes limits and stays as large is left alone as well, once it had time to change", async () => {
    vi.useFakeTimers();
    const track = new FakeCameraTrack();
    track.ignores = true;
    const { camera, onRefused } = cameraOf(track);
    camera.limit({ maxWidth: 320, maxHeight: 240 });
    await vi.advanceTimersByTimeAsync(500);
    expect(camera.scaling).toEqual({});
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onRefused).toHaveBeenCalledTimes(1);
    expect(camera.scaling).toEqual({ scaleResolutionDownBy: 2 });
    expect(Object(track.applied.at(-1)?.width).max).toBeUndefined();
  });

  it("that changes only with its next picture, or is asked for something else meanwhile, has taken the limits", async () => {
    vi.useFakeTimers();
    const track = new FakeCameraTrack();
    track.ignores = true;
    const { camera, onRefused } = cameraOf(track);
    camera.limit(small);
    await vi.advanceTimersByTimeAsync(500);
    track.settings = { width: 256, height: 192, frameRate: 30 };
    await vi.advanceTimersByTimeAsync(1_000);
    camera.limit({ maxWidth: 160, maxHeight: 120 });
    await vi.advanceTimersByTimeAsync(500);
    camera.release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onRefused).not.toHaveBeenCalled();
  });

  it("that refuses after it took something gives again what it gave", async () => {
    const track = new FakeCameraTrack();
    const { camera, onRefused } = cameraOf(track);
    camera.limit(small);
    track.applyConstraints = async (constraints) => {
      if (Object(constraints.width).max === 160) throw new DOMException("", "OverconstrainedError");
      return FakeCameraTrack.prototype.applyConstraints.call(track, constraints);
    };
    camera.limit({ maxWidth: 160, maxHeight: 120 });
    await vi.waitFor(() => expect(onRefused).toHaveBeenCalledTimes(1));
    expect(track.settings).toMatchObject({ width: 640, height: 480 });
    expect(camera.scaling).toEqual({ scaleResolutionDownBy: 4 });
  });
});

it("a track of the page's own is not touched; what is sent of it is made smaller", () => {
  const track = new FakeCameraTrack();
  const { camera, source } = cameraOf(track);
  Object.assign(source, { intent: undefined });
  camera.limit({ maxWidth: 320, maxHeight: 290, maxFrameRate: 15 });
  expect(track.applied).toHaveLength(0);
  expect(camera.scaling).toEqual({ scaleResolutionDownBy: 2, maxFramerate: 15 });
});
