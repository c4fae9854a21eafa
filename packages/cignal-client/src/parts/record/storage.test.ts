import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { FakeFolder } from "../../../test/fake-folder.js";
import type { CignalError } from "../../errors.js";
import { BlobFile } from "./blob-file.js";
import { DiskScratch } from "./scratch.js";
import { storageError } from "./storage-error.js";

const MiB = 2 ** 20;

/** A piece of a recording that is told from each other one. */
const piece = (number: number, bytes: number) => new Blob([new Uint8Array(bytes).fill(number)]);

async function numbersOf(blob: Blob): Promise<number[]> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return [...bytes.filter((byte, index) => byte !== bytes[index - 1])];
}

describe("a recording on the disk", () => {
  it("is kept in order, in files of some megabytes, and goes when it is removed", async () => {
    const folder = new FakeFolder(100 * MiB);
    const onTrouble = vi.fn();
    const scratch = new DiskScratch(folder.handle, onTrouble);
    for (let number = 1; number <= 12; number++) {
      scratch.add(piece(number, 1.5 * MiB));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    scratch.add(piece(13, 10));
    const all = await scratch.collect();
    expect(folder.files).toContain("1.part");
    expect(all.size).toBe(18 * MiB + 10);
    expect(await numbersOf(all)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(onTrouble).not.toHaveBeenCalled();
    await scratch.remove();
    expect(folder.files).toEqual([]);
  });

  it("is not kept in memory, however long it is", async () => {
    const folder = new FakeFolder(10_000 * MiB);
    let written = 0;
    // Files without content: what can be collected is what memory holds.
    vi.spyOn(folder, "getFileHandle").mockImplementation(async (name) => {
      const writable = {
        write: async ({ size }: Blob) => (written += size),
        close: async () => {},
      };
      const handle = {
        getFile: async () => new File([], name),
        createWritable: async () => writable,
      };
      return handle as unknown as FileSystemFileHandle;
    });
    const onTrouble = vi.fn();
    const scratch = new DiskScratch(folder.handle, onTrouble);
    const same = piece(1, MiB);
    for (let number = 0; number < 2_000; number++) {
      scratch.add(same);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    const inMemory = (await scratch.collect()).size;
    expect(inMemory).toBeLessThanOrEqual(8 * MiB);
    expect(inMemory + written).toBe(2_000 * MiB);
    expect(onTrouble).not.toHaveBeenCalled();
  });

  it("loses nothing when the disk is full, and says so once", async () => {
    const folder = new FakeFolder(10 * MiB);
    const troubles: CignalError[] = [];
    const scratch = new DiskScratch(folder.handle, (error) => troubles.push(error));
    for (let number = 1; number <= 6; number++) {
      scratch.add(piece(number, 5 * MiB));
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(await numbersOf(await scratch.collect())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(troubles).toMatchObject([{ code: "disk-full" }]);
  });

  it("ends where the disk hangs, before memory is full", async () => {
    const folder = new FakeFolder(1_000 * MiB);
    vi.spyOn(folder, "getFileHandle").mockReturnValue(new Promise(() => {}));
    const troubles: CignalError[] = [];
    const scratch = new DiskScratch(folder.handle, (error) => troubles.push(error));
    for (let number = 1; number <= 10; number++) scratch.add(piece(number, 8 * MiB));
    expect(troubles).toMatchObject([{ code: "storage-failed" }]);
  });
});

describe("a file of Blobs", () => {
  it("is what was written, wherever", async () => {
    const write = fc.record({ back: fc.nat(50), bytes: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(write), async (writes) => {
        const file = new BlobFile();
        const expected: number[] = [];
        for (const { back, bytes } of writes) {
          const position = Math.max(0, expected.length - back);
          file.write(position, new Uint8Array(bytes));
          bytes.forEach((byte, index) => {
            expected[position + index] = byte;
          });
        }
        const blob = file.blob("video/webm");
        expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual(expected);
      }),
      { numRuns: 50 },
    );
    expect(() => new BlobFile().write(1, new Uint8Array(1))).toThrow(RangeError);
  });
});

describe("a failure of the disk", () => {
  it.each([
    ["QuotaExceededError", "disk-full"],
    ["NotAllowedError", "permission-denied"],
    ["NotFoundError", "storage-failed"],
  ])("%s is %s", (name, code) => {
    const cause = new DOMException("", name);
    expect(storageError(cause)).toMatchObject({ code, cause });
    expect(storageError(storageError(cause))).toMatchObject({ code, cause });
  });
});
