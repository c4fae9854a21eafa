import type { FileStorage } from "../../browser/file-storage.js";

/**
 * Where a file goes: `"disk"`, a file of the browser's own that takes no memory, `"memory"`, a Blob, or what the page has: a
 * file that its user chose, or any stream of bytes.
 */
export type Target =
  | "disk"
  | "memory"
  | Pick<FileSystemFileHandle, "createWritable" | "getFile">
  | WritableStream<Uint8Array>;

export interface Sink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
  /** The file; `undefined` where the page has given a stream. */
  finish(): Promise<File | undefined>;
  /** Leaves nothing behind of what is half there. */
  abort(): Promise<unknown>;
  /** Deletes what `finish` has made, if the browser keeps it for us. */
  remove(): Promise<void>;
}

interface About {
  id: string;
  name: string;
  type: string;
}

const nothing = async () => {};

/** Throws a `TypeError` if it is no target. */
export function checkTarget(to: Target): void {
  if (to === "memory" || to === "disk") return;
  if (to instanceof Object && ("getWriter" in to || "createWritable" in to)) return;
  throw new TypeError(
    'accept({ to }): expected "disk", "memory", a FileSystemFileHandle or a WritableStream',
  );
}

export async function openSink(to: Target, about: About, storage: FileStorage): Promise<Sink> {
  if (to === "memory") return inMemory(about);
  if (to === "disk") return onDisk(about, storage);
  return "getWriter" in to ? intoStream(to) : intoFile(to);
}

/** As Blobs, which browsers keep outside of the page's heap. */
function inMemory({ name, type }: About): Sink {
  let parts: Blob[] = [];
  return {
    write: async (bytes) => parts.push(new Blob([bytes])),
    finish: async () => new File(parts, name, { type }),
    abort: async () => {
      parts = [];
    },
    remove: nothing,
  };
}

async function onDisk({ id, name, type }: About, storage: FileStorage): Promise<Sink> {
  const remove = () => storage.remove(id);
  const handle = await storage.create(id);
  const sink = await intoFile(handle).catch(async (cause) => {
    await remove();
    throw cause;
  });
  return {
    ...sink,
    // It stays on the disk; only the name that it has there is ours.
    finish: async () => {
      const file = await sink.finish();
      return file && new File([file], name, { type });
    },
    abort: () => sink.abort().finally(remove),
    remove,
  };
}

async function intoFile(
  handle: Pick<FileSystemFileHandle, "createWritable" | "getFile">,
): Promise<Sink> {
  const stream = await handle.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    finish: async () => {
      await stream.close();
      return handle.getFile();
    },
    abort: () => stream.abort(),
    remove: nothing,
  };
}

function intoStream(to: WritableStream<Uint8Array>): Sink {
  const writer = to.getWriter();
  return {
    write: (bytes) => writer.write(bytes),
    finish: async () => {
      await writer.close();
      return undefined;
    },
    abort: () => writer.abort(),
    remove: nothing,
  };
}
