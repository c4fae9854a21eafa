import { createHash } from "node:crypto";

const MIB = 1_048_576;

/** What `bigFile` of so many MiB comes to. */
export function sha256OfBigFile(mebibytes: number): string {
  const hash = createHash("sha256");
  const block = new Uint8Array(MIB).map((_, i) => (i * 31) & 255);
  for (let number = 0; number < mebibytes; number++) {
    new DataView(block.buffer).setUint32(0, number);
    hash.update(block);
  }
  return hash.digest("hex");
}

/** Runs in a page: a file of so many MiB that the browser keeps outside of the page's memory. */
export function bigFile(mebibytes: number): File {
  const block = new Uint8Array(1_048_576).map((_, i) => (i * 31) & 255);
  const parts: Blob[] = [];
  for (let number = 0; number < mebibytes; number++) {
    new DataView(block.buffer).setUint32(0, number);
    parts.push(new Blob([block]));
  }
  return new File(parts, "big.bin", { type: "application/octet-stream" });
}
