interface Part {
  readonly at: number;
  blob: Blob;
}

/** What is written, where it goes in the file. */
export interface Chunk {
  readonly type: "write";
  readonly position: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A file made of Blobs, which browsers keep outside of the page's heap. May be written anywhere up to its end. */
export class BlobFile {
  readonly #parts: Part[] = [];
  #end = 0;

  writable(): WritableStream<Chunk> {
    return new WritableStream({ write: ({ position, data }) => this.write(position, data) });
  }

  write(position: number, data: Uint8Array<ArrayBuffer>): void {
    if (position > this.#end) throw new RangeError("a gap in the file");
    const inside = data.subarray(0, this.#end - position);
    for (const part of this.#parts) replace(part, position, inside);
    if (inside.length === data.length) return;
    const blob = new Blob([data.subarray(inside.length)]);
    this.#parts.push({ at: this.#end, blob });
    this.#end += blob.size;
  }

  /** All of it. */
  blob(type: string): Blob {
    return new Blob(
      this.#parts.map(({ blob }) => blob),
      { type },
    );
  }
}

function replace(part: Part, position: number, data: Uint8Array<ArrayBuffer>): void {
  const { at, blob } = part;
  const from = Math.max(position, at);
  const to = Math.min(position + data.length, at + blob.size);
  if (from >= to) return;
  const piece = data.subarray(from - position, to - position);
  part.blob = new Blob([blob.slice(0, from - at), piece, blob.slice(to - at)]);
}
