import { createHash } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { createHash as loadHash } from "../src/parts/files/hash.js";
import type { IncomingFile } from "../src/parts/files/incoming-file.js";
import { type Files, type FilesOptions, openFiles } from "../src/parts/files/index.js";
import { FakeLine, type FakeSession } from "./fake-sessions.js";

/** Files are read in real time, all else goes by the clock of the test. */
export function useFileClock(): void {
  // The module that hashes is loaded at the first file, which takes real time.
  beforeAll(() => loadHash());
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}

/** Bytes that are not the same anywhere. */
export const content = (size: number, seed = 1) =>
  Uint8Array.from({ length: size }, (_, i) => ((i >> 8) * 31 + i * 7 + seed) & 255);

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export const failure = (code: string) => ({
  success: false,
  error: expect.objectContaining({ code }),
});

export interface Side {
  files: Files;
  offers: IncomingFile[];
}

export function listen(session: FakeSession, options?: FilesOptions): Side {
  const files = openFiles(session.cignal, options);
  const offers: IncomingFile[] = [];
  files.on("offer", (file) => offers.push(file));
  return { files, offers };
}

export function pair(options?: FilesOptions) {
  const line = new FakeLine();
  line.connect();
  return { line, a: listen(line.a), b: listen(line.b, options) };
}

/** Everything that can happen without the clock. */
export async function settle(line: FakeLine, rounds = 60) {
  for (let i = 0; i < rounds; i++) {
    line.flush();
    // So long what has come is collected before it is written.
    await vi.advanceTimersByTimeAsync(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What comes of it, once everything that it needs has passed. */
export async function end<T>(line: FakeLine, outcome: Promise<T>): Promise<T> {
  let state: "pending" | "settled" = "pending";
  const settled = () => {
    state = "settled";
  };
  outcome.then(settled, settled);
  const isPending = () => state === "pending";
  while (isPending()) await settle(line, 1);
  return outcome;
}

/** What is offered, once it is. */
export async function offered(line: FakeLine, { offers }: Side): Promise<IncomingFile> {
  await settle(line, 5);
  const file = offers.at(-1);
  if (!file) throw new Error("nothing was offered");
  return file;
}

/** A stream that keeps what is written, as slowly as the test says. */
export function slowStream() {
  const written: Uint8Array[] = [];
  let release: () => void = () => {};
  let aborted = false;
  const stream = new WritableStream<Uint8Array>({
    write(bytes) {
      written.push(bytes);
      return new Promise((resolve) => {
        release = resolve;
      });
    },
    abort() {
      aborted = true;
    },
  });
  return { stream, written, release: () => release(), wasAborted: () => aborted };
}

/** What `navigator.storage` has, in memory. */
export function fakeDisk(fullAt?: "open" | "write" | "close") {
  const full = (at: typeof fullAt) => {
    if (at === fullAt) throw new DOMException("full", "QuotaExceededError");
  };
  const files = new Map<string, Blob[]>();
  const handle = (name: string) => ({
    createWritable: async () => {
      full("open");
      const parts: Blob[] = [];
      return {
        write: async (bytes: Uint8Array<ArrayBuffer>) => {
          full("write");
          parts.push(new Blob([bytes]));
        },
        close: async () => {
          full("close");
          files.set(name, parts);
        },
        abort: async () => {},
      };
    },
    getFile: async () => new File(files.get(name) ?? [], name),
  });
  const folder = {
    getFileHandle: async (name: string) => {
      files.set(name, []);
      return handle(name);
    },
    removeEntry: async (name: string) => void files.delete(name),
  };
  const getDirectory = async () => ({ getDirectoryHandle: async () => folder });
  vi.stubGlobal("navigator", { storage: { getDirectory } });
  return files;
}
