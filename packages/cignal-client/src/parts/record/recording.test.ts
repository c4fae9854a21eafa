import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import { FakeFolder } from "../../../test/fake-folder.js";
import { type RecordingBrowser, recordingBrowser } from "../../browser/recording.js";
import { CignalError } from "../../errors.js";
import { mimeType } from "./mime-type.js";
import { checkOptions, type RecordingTarget } from "./options.js";
import { openPlace, type Place } from "./place.js";
import { Recording, type RecordingState } from "./recording.js";
import { sizeFor } from "./size.js";

/** A recorder whose encoder is behind: what waits is lost unless it is asked for before the end. */
class FakeRecorder {
  state = "inactive";
  mimeType = "video/webm;codecs=vp8,opus";
  ondataavailable: (event: { data: Blob }) => void = () => {};
  onstop: () => void = () => {};
  onerror: (event: unknown) => void = () => {};
  waiting: string[] = [];

  start(): void {
    this.state = "recording";
  }

  pause(): void {
    this.state = "paused";
  }

  resume(): void {
    this.state = "recording";
  }

  requestData(): void {
    this.ondataavailable({ data: new Blob(this.waiting.splice(0, 1)) });
  }

  stop(): void {
    this.state = "inactive";
    queueMicrotask(this.onstop);
  }
}

const ANYWHERE = { extension: "webm", id: "1", onTrouble: () => {} };

let recorder: FakeRecorder;
let states: RecordingState[];
let closed: Mock<() => void>;

beforeEach(() => {
  vi.useFakeTimers();
  recorder = new FakeRecorder();
  states = [];
  closed = vi.fn<() => void>();
});
afterEach(() => {
  vi.useRealTimers();
});

const browserWith = (folder?: FakeFolder): RecordingBrowser => ({
  ...recordingBrowser,
  privateFolder: async () => folder?.handle,
});

const placeFor = (to: RecordingTarget, folder?: FakeFolder) =>
  openPlace(browserWith(folder), { ...ANYWHERE, to });

/** Copies, as far as it comes. */
async function copy(recorded: Blob, file: WritableStream): Promise<number> {
  const writer = file.getWriter();
  const data = new Uint8Array(await recorded.arrayBuffer());
  await writer.write({ type: "write", position: 0, data });
  await writer.close();
  return 1_234;
}

function begin(place: Place, finish = copy): Recording {
  const recording = new Recording({
    subject: { stream: {} as MediaStream, close: closed },
    recorder: recorder as unknown as MediaRecorder,
    place,
    finish: async () => ({ finish }),
    onListenerError: (error) => {
      throw error;
    },
    onEnd: () => {},
  });
  recording.on("stateChanged", (state) => states.push(state));
  return recording;
}

async function stop(recording: Recording) {
  const stopped = recording.stop();
  await vi.runAllTimersAsync();
  return stopped;
}

describe("a recording", () => {
  it("counts what it records, without pauses, and is stopped once", async () => {
    const recording = begin(await placeFor("memory"));
    recorder.waiting = ["ab"];
    await vi.advanceTimersByTimeAsync(1_000);
    recording.pause();
    recording.pause();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([recording.state, recording.durationMs]).toEqual(["paused", 1_000]);
    recording.resume();
    await vi.advanceTimersByTimeAsync(500);
    expect(recording.durationMs).toBe(1_500);
    const result = await stop(recording);
    expect(await recording.stop()).toBe(result);
    expect(result).toMatchObject({ durationMs: 1_234, bytes: 2, error: undefined });
    expect(result.blob?.type).toBe("video/webm");
    expect(states).toEqual(["paused", "recording", "finishing", "stopped"]);
    recording.resume();
    expect([recording.state, recording.durationMs]).toEqual(["stopped", 1_500]);
    expect(closed).toHaveBeenCalledOnce();
  });

  it("waits for what the encoder still has", async () => {
    const recording = begin(await placeFor("memory"));
    recorder.waiting = ["a", "b", "c", "d"];
    const { blob } = await stop(recording);
    expect(await blob?.text()).toBe("abcd");
  });

  it("ends by itself where the browser ends it, and hands out what there is with the error", async () => {
    const recording = begin(await placeFor("memory"));
    recorder.waiting = ["ab"];
    const error = new DOMException("", "InvalidModificationError");
    recorder.onerror({ error });
    await vi.runAllTimersAsync();
    expect(recording.state).toBe("stopped");
    const result = await recording.stop();
    expect(result.error).toMatchObject({ code: "recording-failed", cause: error });
    expect(await result.blob?.text()).toBe("ab");
  });

  it("hands out what the browser has recorded if no file can be made of it", async () => {
    for (const [finish, code] of [
      [() => Promise.reject(new DOMException("", "QuotaExceededError")), "disk-full"],
      [() => Promise.reject(new Error("what is this?")), "storage-failed"],
    ] as const) {
      recorder = new FakeRecorder();
      recorder.waiting = ["ab", "cd"];
      const folder = new FakeFolder(1_000);
      const result = await stop(begin(await placeFor("disk", folder), finish));
      expect(result).toMatchObject({ error: { code }, bytes: 4 });
      expect(result.file).toBeUndefined();
      expect(await result.blob?.text()).toBe("abcd");
      await result.remove();
      expect(folder.files).toEqual([]);
    }
  });

  it("says so if the chunk that makes the file cannot be loaded, or nothing was recorded", async () => {
    const recording = new Recording({
      subject: { stream: {} as MediaStream, close: closed },
      recorder: recorder as unknown as MediaRecorder,
      place: await placeFor("memory"),
      finish: () => Promise.reject(new TypeError("offline")),
      onListenerError: () => {},
      onEnd: () => {},
    });
    recorder.waiting = ["ab"];
    expect(await stop(recording)).toMatchObject({ error: { code: "not-loaded" }, bytes: 2 });

    recorder = new FakeRecorder();
    const empty = await stop(begin(await placeFor("memory")));
    expect(empty).toMatchObject({ error: { code: "recording-failed" }, bytes: 0 });
  });
});

describe("where a recording goes", () => {
  it("is a file on the private disk, of which nothing else is left", async () => {
    const folder = new FakeFolder(1_000);
    recorder.waiting = ["ab"];
    const result = await stop(begin(await placeFor("disk", folder)));
    expect(result.file?.name).toBe("recording.webm");
    expect(await result.file?.text()).toBe("ab");
    expect(folder.files).toEqual(["cignal-recordings/1/recording.webm"]);
    await result.remove();
    expect(folder.files).toEqual([]);
  });

  it("is the page's file or stream, also where there is no private disk", async () => {
    for (const folder of [new FakeFolder(1_000), undefined]) {
      recorder = new FakeRecorder();
      recorder.waiting = ["ab"];
      const theirs = new FakeFolder(1_000);
      const handle = await theirs.getFileHandle("theirs.webm");
      const { file } = await stop(begin(await placeFor(handle, folder)));
      expect(await file?.text()).toBe("ab");

      recorder = new FakeRecorder();
      recorder.waiting = ["cd"];
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      const stream = new WritableStream({ write: (piece) => void pieces.push(piece) });
      const result = await stop(begin(await placeFor(stream, folder)));
      expect(await new Blob(pieces).text()).toBe("cd");
      expect(result).toMatchObject({ bytes: 2, error: undefined });
      expect([result.blob, result.file]).toEqual([undefined, undefined]);
      expect(folder?.files ?? []).toEqual([]);
    }
  });

  it("is kept here if the page's stream breaks", async () => {
    recorder.waiting = ["ab"];
    const write = () => Promise.reject(new Error("the network is gone"));
    const result = await stop(begin(await placeFor(new WritableStream({ write }))));
    expect(result.error).toMatchObject({ code: "storage-failed" });
    expect(await result.blob?.text()).toBe("ab");
  });

  it("is kept here if the page's file cannot be read again", async () => {
    recorder.waiting = ["ab"];
    const handle = await new FakeFolder(1_000).getFileHandle("theirs.webm");
    const getFile = () => Promise.reject(new DOMException("", "NotAllowedError"));
    const folder = new FakeFolder(1_000);
    const result = await stop(begin(await placeFor(Object.assign(handle, { getFile }), folder)));
    expect(result).toMatchObject({ error: { code: "permission-denied" }, bytes: 2 });
    expect(await result.blob?.text()).toBe("ab");
  });

  it("is refused at once where the disk is missing or the file may not be written", async () => {
    await expect(placeFor("disk")).rejects.toMatchObject({ code: "not-supported" });
    const cause = new DOMException("", "NotAllowedError");
    const handle = { createWritable: () => Promise.reject(cause) };
    const denied = placeFor(handle as unknown as FileSystemFileHandle);
    await expect(denied).rejects.toMatchObject({ code: "permission-denied", cause });
  });
});

describe("what is recorded", () => {
  it("is mp4 where the browser can, webm otherwise, and what the page wants if it can", () => {
    const able = (...types: string[]) => ({
      supports: (type: string) => types.some((each) => type.startsWith(each)),
      create: () => ({}) as MediaRecorder,
    });
    const both = able("video/mp4;codecs=vp9", "video/webm");
    expect(mimeType(both, undefined)).toBe("video/mp4;codecs=vp9,opus");
    expect(mimeType(both, "webm")).toBe("video/webm;codecs=vp8,opus");
    expect(mimeType(able("video/webm"), undefined)).toBe("video/webm;codecs=vp8,opus");
    for (const recorders of [able("video/webm"), undefined]) {
      expect(() => mimeType(recorders, "mp4")).toThrow(CignalError);
    }
  });

  it("has the size that the page wants, in the shape of the picture, even", () => {
    const natural = { width: 640, height: 480 };
    expect(sizeFor({}, natural)).toEqual(natural);
    expect(sizeFor({ width: 321 }, natural)).toEqual({ width: 322, height: 240 });
    expect(sizeFor({ height: 240 }, natural)).toEqual({ width: 320, height: 240 });
    expect(sizeFor({ width: 100, height: 100 }, natural)).toEqual({ width: 100, height: 100 });
  });

  it.each([
    { to: "cloud" },
    { to: {} },
    { type: "avi" },
    { names: "yes" },
    { width: 0 },
    { height: "720" },
    { frameRate: 90 },
    { videoBitsPerSecond: Number.NaN },
  ])("is never so: %j", (options) => {
    expect(() => checkOptions(options as never)).toThrow(TypeError);
  });

  it("goes into no stream that somebody else writes to", () => {
    const to = new WritableStream();
    expect(() => checkOptions({ to })).not.toThrow();
    to.getWriter();
    expect(() => checkOptions({ to })).toThrow(TypeError);
  });
});
