import type { RecordingBrowser } from "../../browser/recording.js";
import { CignalError } from "../../errors.js";
import { BlobFile, type Chunk } from "./blob-file.js";
import { isHandle, type RecordingTarget } from "./options.js";
import { DiskScratch, MemoryScratch, type Scratch } from "./scratch.js";
import { storageError } from "./storage-error.js";

/** What a finished recording is handed out as. */
interface Handed {
  /** In memory. */
  blob?: Blob;
  /** On the disk. */
  file?: File;
  /** Why it is not where it should be. */
  error?: CignalError;
}

/** Where one recording is kept while it goes on, and where its file goes. */
export interface Place {
  readonly scratch: Scratch;
  /** For the file, from its start. */
  writable(): Promise<WritableStream<Chunk>>;
  /** The file has been written. */
  hand(mimeType: string): Promise<Handed>;
  /** The file could not be written: what was recorded is all that there will be. */
  abandon(): Promise<void>;
  /** Deletes what is on the private disk. */
  remove(): Promise<void>;
}

export interface PlaceOptions {
  to: RecordingTarget;
  extension: string;
  /** Of this recording; unique. */
  id: string;
  /** What is recorded cannot be stored any more. */
  onTrouble: (error: CignalError) => void;
}

/** Rejects with a `CignalError`: `not-supported`, `permission-denied`, `disk-full`, `storage-failed`. */
export async function openPlace(browser: RecordingBrowser, options: PlaceOptions): Promise<Place> {
  const { to, id } = options;
  let theirs: FileSystemWritableFileStream | undefined;
  try {
    if (to === "memory") return inMemory();
    // Asked for first: the browser may ask the person in front of it.
    theirs = isHandle(to) ? await to.createWritable() : undefined;
    const root = await browser.privateFolder();
    const folder = await root?.getDirectoryHandle("cignal-recordings", { create: true });
    const own = await folder?.getDirectoryHandle(id, { create: true });
    const remove = async () => folder?.removeEntry(id, { recursive: true }).catch(() => {});
    if (to === "disk" && !own) throw noDisk();
    const base = own ? await onDisk(own, options, remove) : inMemory();
    if (to === "disk") return base;
    return isHandle(to) ? intoHandle(base, to, theirs) : intoStream(base, to);
  } catch (error) {
    await theirs?.abort().catch(() => {});
    throw storageError(error);
  }
}

function inMemory(): Place {
  const file = new BlobFile();
  return {
    scratch: new MemoryScratch(),
    writable: async () => file.writable(),
    hand: async (mimeType) => ({ blob: file.blob(mimeType) }),
    abandon: async () => {},
    remove: async () => {},
  };
}

async function onDisk(
  folder: FileSystemDirectoryHandle,
  { extension, onTrouble }: PlaceOptions,
  remove: () => Promise<void>,
): Promise<Place> {
  const name = `recording.${extension}`;
  return {
    scratch: new DiskScratch(folder, onTrouble),
    writable: async () =>
      (await folder.getFileHandle(name, { create: true })).createWritable() as Promise<
        WritableStream<Chunk>
      >,
    hand: async () => ({ file: await (await folder.getFileHandle(name)).getFile() }),
    abandon: () => folder.removeEntry(name).catch(() => {}),
    remove,
  };
}

/** What is recorded goes to the private disk first: until it is finished, nobody could play it. */
function intoHandle(
  base: Place,
  handle: FileSystemFileHandle,
  writable: FileSystemWritableFileStream | undefined,
): Place {
  return {
    ...base,
    writable: async () => (writable ?? (await handle.createWritable())) as WritableStream<Chunk>,
    hand: async () => {
      const file = await handle.getFile();
      await base.remove();
      return { file };
    },
    abandon: async () => void (await writable?.abort().catch(() => {})),
  };
}

function intoStream(base: Place, to: WritableStream<Uint8Array<ArrayBuffer>>): Place {
  return {
    ...base,
    hand: async (mimeType) => {
      const handed = await base.hand(mimeType);
      try {
        await (handed.file ?? handed.blob)?.stream().pipeTo(to);
      } catch (error) {
        return { ...handed, error: storageError(error) };
      }
      await base.remove();
      return {};
    },
    abandon: async () => {
      await base.abandon();
      await to.abort().catch(() => {});
    },
  };
}

const noDisk = () =>
  new CignalError(
    "not-supported",
    "This browser gives this page no disk, as in a private window. Record to memory.",
  );
