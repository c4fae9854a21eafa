/**
 * Where a recording goes:
 * - `"memory"`: a Blob
 * - `"disk"`: a file on the disk that belongs to this origin alone (OPFS); `remove()` of the result deletes it
 * - a `FileSystemFileHandle`, from `showSaveFilePicker()`
 * - a `WritableStream` of bytes, into which the finished file is piped
 */
export type RecordingTarget =
  | "memory"
  | "disk"
  | FileSystemFileHandle
  | WritableStream<Uint8Array<ArrayBuffer>>;

export interface RecordOptions {
  /** Default: `"memory"`. */
  to?: RecordingTarget | undefined;
  /** Default: mp4 where the browser can, else webm. */
  type?: "mp4" | "webm" | undefined;
  /** Of the picture, in pixels. Default: as it comes, its longer side between 640 and 1,920; of a session 1,280 × 720. */
  width?: number | undefined;
  height?: number | undefined;
  /** Pictures a second, 60 at most. Default: 25. */
  frameRate?: number | undefined;
  /** Default: 0.1 for each pixel of each picture, 2.3 Mbit/s for 1,280 × 720. */
  videoBitsPerSecond?: number | undefined;
  /** Default: 96,000. */
  audioBitsPerSecond?: number | undefined;
}

export interface RecordSessionOptions extends RecordOptions {
  /** Writes everybody's name into their picture. Default: `false`. */
  names?: boolean | undefined;
}

export interface RecordScreenOptions extends RecordOptions {
  /** Whose screen; yours by default. */
  peer?: string | undefined;
}

/** Throws a `TypeError` that names the option that is wrong. */
export function checkOptions(options: RecordSessionOptions): void {
  if (typeof options !== "object" || options === null) throw wrong("options", "an object");
  const { to = "memory", type, names, ...numbers } = options;
  if (!isTarget(to)) {
    throw wrong("to", `"memory", "disk", a FileSystemFileHandle or a WritableStream`);
  }
  if (to instanceof WritableStream && to.locked) {
    throw wrong("to", "a WritableStream that nobody else writes to");
  }
  if (type !== undefined && type !== "mp4" && type !== "webm") {
    throw wrong("type", `"mp4" or "webm"`);
  }
  if (names !== undefined && typeof names !== "boolean") throw wrong("names", "a boolean");
  for (const [name, [from, upTo]] of Object.entries(RANGES)) {
    const value: unknown = numbers[name as keyof typeof RANGES];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= from && value <= upTo)) {
      throw wrong(name, `a number from ${from} to ${upTo}`);
    }
  }
}

const RANGES = {
  width: [16, 4096],
  height: [16, 4096],
  frameRate: [1, 60],
  videoBitsPerSecond: [10_000, 100_000_000],
  audioBitsPerSecond: [6_000, 510_000],
} as const;

const isTarget = (to: unknown): boolean =>
  to === "memory" || to === "disk" || to instanceof WritableStream || isHandle(to);

/** Told by what it can do: tests, and browsers, have different classes of it. */
export const isHandle = (to: unknown): to is FileSystemFileHandle =>
  typeof Object(to).createWritable === "function";

const wrong = (name: string, expected: string) =>
  new TypeError(`record: expected ${name} to be ${expected}`);
