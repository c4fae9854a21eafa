import { createHash } from "./hash.js";

/** How much of a file is in memory at once, times two for each receiver. */
const BLOCK_BYTES = 1_048_576;

/** A file that is read for one or many receivers, and hashed once: by who is ahead. */
export class Source {
  readonly size: number;
  readonly #file: Blob;
  readonly #hash = createHash();
  #hashedTo = 0;
  #digest: Promise<string> | undefined;

  constructor(file: Blob) {
    this.#file = file;
    this.size = file.size;
    // Whoever reads hears of it.
    this.#hash.catch(() => {});
  }

  /** The bytes that begin there, at most a block. Rejects when the file was changed or removed. */
  async read(from: number): Promise<Uint8Array<ArrayBuffer>> {
    const hash = await this.#hash;
    const end = Math.min(from + BLOCK_BYTES, this.size);
    const bytes = new Uint8Array(await this.#file.slice(from, end).arrayBuffer());
    if (bytes.length !== end - from) throw new Error("the file has become shorter");
    if (from <= this.#hashedTo && end > this.#hashedTo) {
      hash.update(bytes.subarray(this.#hashedTo - from));
      this.#hashedTo = end;
    }
    return bytes;
  }

  /** SHA-256 of the whole file. */
  digest(): Promise<string> {
    this.#digest ??= this.#finish();
    return this.#digest;
  }

  async #finish(): Promise<string> {
    while (this.#hashedTo < this.size) await this.read(this.#hashedTo);
    return (await this.#hash).digest();
  }
}
