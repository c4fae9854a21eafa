import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, type TestInfo } from "@playwright/test";
import type { Recording, RecordingResult } from "cignal-client/record";
import type { Answer } from "./page-script.js";
import type { Peer } from "./peer.js";

const run = promisify(execFile);

declare global {
  var recording: Recording;
  var recorded: RecordingResult;
  var states: string[];
}

type Kind = "recordPeer" | "recordSession" | "recordScreen";

/** Begins to record; what it gave is then the page's `recording`, and its states are in `states`. */
export function record({ page }: Peer, kind: Kind, ...args: unknown[]): Promise<Answer> {
  return page.evaluate(
    ({ kind, args }) => {
      const begin = parts[kind] as (...args: unknown[]) => Promise<Recording>;
      return lab.answer(
        begin(cignal, ...args).then(
          (recording) => {
            globalThis.recording = recording;
            globalThis.states = [];
            recording.on("stateChanged", (state) => states.push(state));
            return { success: true };
          },
          (error) => ({ success: false, error }),
        ),
      );
    },
    { kind, args },
  );
}

export const statesOf = ({ page }: Peer) => page.evaluate(() => states);

/** What recordings have left on the disk of this page's origin. */
export function filesOf({ page }: Peer): Promise<string[]> {
  return page.evaluate(async () => {
    const names: string[] = [];
    const look = async (folder: FileSystemDirectoryHandle) => {
      const inside = folder as unknown as AsyncIterable<[string, FileSystemHandle]>;
      for await (const [name, handle] of inside) {
        if (handle instanceof FileSystemDirectoryHandle) await look(handle);
        else names.push(name);
      }
    };
    await look(await navigator.storage.getDirectory());
    return names.sort();
  });
}

/** Waits until so much has been recorded. */
export async function expectRecorded({ page }: Peer, durationMs: number): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => recording.durationMs), { intervals: [100] })
    .toBeGreaterThan(durationMs);
}

/** A recording as it left the page. */
export interface Saved {
  path: string;
  durationMs: number;
  mimeType: string;
  bytes: number;
  fileName: string | undefined;
  error: string | undefined;
}

/** Ends the recording, or takes what has ended, and saves its file. */
export async function save({ page }: Peer, info: TestInfo): Promise<Saved> {
  const { base64, ...told } = await page.evaluate(async () => {
    globalThis.recorded = await recording.stop();
    const { blob, file, durationMs, mimeType, bytes, error } = recorded;
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.readAsDataURL(file ?? blob ?? new Blob());
    });
    const base64 = url.slice(url.indexOf(",") + 1);
    return { base64, durationMs, mimeType, bytes, fileName: file?.name, error: error?.code };
  });
  const path = info.outputPath(`recording.${told.mimeType.includes("mp4") ? "mp4" : "webm"}`);
  writeFileSync(path, Buffer.from(base64, "base64"));
  expect(readFileSync(path).length).toBe(told.bytes);
  return { path, ...told };
}

export interface Probed {
  /** As the file's head says, in seconds. */
  duration: number;
  /** Where the last packet ends; where the file does not say how long it is, it is as long as the others. */
  video: number;
  audio: number;
  width: number;
  height: number;
  codecs: string[];
  pictures: number;
  /** In decibels, of the loudest moment. */
  loudest: number;
}

/** What ffmpeg makes of a file; fails if anything in it cannot be decoded. */
export async function probe(path: string): Promise<Probed> {
  const { stdout } = await run(
    "ffprobe",
    [...["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_packets"], path],
    { maxBuffer: 2 ** 26 },
  );
  const { format, streams, packets } = JSON.parse(stdout) as {
    format: { duration: string };
    streams: { codec_type: string; codec_name: string; width?: number; height?: number }[];
    packets: { codec_type: string; pts_time: string; duration_time?: string }[];
  };
  const end = (type: string) => {
    const own = packets.filter(({ codec_type }) => codec_type === type);
    const last = Math.max(...own.map(({ pts_time }) => Number(pts_time)));
    const usual = last / Math.max(1, own.length - 1);
    return Math.max(
      ...own.map(({ pts_time, duration_time = usual }) => Number(pts_time) + Number(duration_time)),
    );
  };
  const decode = async (...filter: string[]) =>
    (await run("ffmpeg", [...filter, "-enc_time_base", "-1", "-f", "null", "-"])).stderr;
  expect(await decode("-v", "error", "-i", path)).toBe("");
  const loudness = await decode("-i", path, "-vn", "-af", "volumedetect");
  const video = streams.find(({ codec_type }) => codec_type === "video");
  return {
    duration: Number(format.duration),
    video: end("video"),
    audio: end("audio"),
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    codecs: streams.map(({ codec_name }) => codec_name).sort(),
    pictures: packets.filter(({ codec_type }) => codec_type === "video").length,
    loudest: Number(/max_volume: (\S+) dB/.exec(loudness)?.[1] ?? -Infinity),
  };
}

/** The file, its pictures and its sound are as long as that, within 0.3 s. */
export function expectDuration({ duration, video, audio }: Probed, seconds: number): void {
  for (const length of [duration, video, audio]) {
    expect(Math.abs(length - seconds), `${length} s, not ${seconds} s`).toBeLessThan(0.3);
  }
}

/** The mean colour of a box of the picture at this moment. */
export async function colourAt(
  path: string,
  seconds: number,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): Promise<[number, number, number]> {
  const { stdout } = await run(
    "ffmpeg",
    [
      ...["-v", "error", "-ss", String(seconds), "-i", path, "-frames:v", "1"],
      ...["-vf", `crop=${width}:${height}:${x}:${y},scale=1:1:flags=area`],
      ...["-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
    ],
    { encoding: "buffer" },
  );
  const [red = 0, green = 0, blue = 0] = stdout;
  return [red, green, blue];
}
