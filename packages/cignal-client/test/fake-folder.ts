/** A folder on a disk of so many bytes, as the File System API shows it: what is written counts once it is closed. */
export class FakeFolder {
  readonly #disk: { free: number };
  readonly #entries = new Map<string, FakeFolder | Blob>();

  constructor(bytes: number | { free: number }) {
    this.#disk = typeof bytes === "number" ? { free: bytes } : bytes;
  }

  /** Paths of all files. */
  get files(): string[] {
    return [...this.#entries].flatMap(([name, entry]) =>
      entry instanceof FakeFolder ? entry.files.map((file) => `${name}/${file}`) : [name],
    );
  }

  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  async getDirectoryHandle(name: string): Promise<FileSystemDirectoryHandle> {
    const entry = this.#entries.get(name) ?? new FakeFolder(this.#disk);
    this.#entries.set(name, entry);
    return entry as unknown as FileSystemDirectoryHandle;
  }

  async getFileHandle(name: string): Promise<FileSystemFileHandle> {
    if (!this.#entries.has(name)) this.#entries.set(name, new Blob());
    return {
      name,
      getFile: async () => new File([this.#entries.get(name) as Blob], name),
      createWritable: async () => this.#writable(name),
    } as unknown as FileSystemFileHandle;
  }

  async removeEntry(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry instanceof Blob) this.#disk.free += entry.size;
    if (entry instanceof FakeFolder) for (const file of entry.files) await entry.removeEntry(file);
    this.#entries.delete(name);
  }

  #writable(name: string): FileSystemWritableFileStream {
    let written = new Blob();
    const write = async (data: Blob | { position: number; data: Uint8Array<ArrayBuffer> }) => {
      const grown = await put(written, data);
      this.#disk.free -= grown.size - written.size;
      if (this.#disk.free < 0) {
        this.#disk.free += grown.size;
        throw new DOMException("full", "QuotaExceededError");
      }
      written = grown;
    };
    const close = async () => void this.#entries.set(name, written);
    return Object.assign(new WritableStream({ write, close }), {
      write,
      close,
    }) as unknown as FileSystemWritableFileStream;
  }
}

async function put(
  before: Blob,
  what: Blob | { position: number; data: Uint8Array<ArrayBuffer> },
): Promise<Blob> {
  if (what instanceof Blob) return new Blob([before, what]);
  const { position, data } = what;
  return new Blob([before.slice(0, position), data, before.slice(position + data.length)]);
}
