import { CignalError } from "../../errors.js";
import { storageError } from "./storage-error.js";

/** Where the browser's recorder puts what it has recorded, piece by piece, until the file is made of it. */
export interface Scratch {
  /** In order. Never fails: what cannot be stored is kept in memory, and `onTrouble` told once. */
  add(piece: Blob): void;
  /** Everything so far. */
  collect(): Promise<Blob>;
  /** Nobody needs it any more. */
  remove(): Promise<void>;
}

/** Browsers keep large Blobs outside of the page's memory, but count them as the page's. */
export class MemoryScratch implements Scratch {
  readonly #pieces: Blob[] = [];

  add(piece: Blob): void {
    this.#pieces.push(piece);
  }

  async collect(): Promise<Blob> {
    return new Blob(this.#pieces);
  }

  async remove(): Promise<void> {
    this.#pieces.length = 0;
  }
}

/** A piece of the disk is written whole: what was written stays, whatever becomes of the next one or of the page. */
const PIECE_BYTES = 4 * 2 ** 20;

/** So much may wait for the disk. */
const WAITING_BYTES = 64 * 2 ** 20;

/** On the disk, in files of some megabytes each. */
export class DiskScratch implements Scratch {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #onTrouble: (error: CignalError) => void;
  readonly #files: File[] = [];
  #waiting: Blob[] = [];
  #writing: Promise<void> | undefined;
  #state: "good" | "in trouble" = "good";

  constructor(folder: FileSystemDirectoryHandle, onTrouble: (error: CignalError) => void) {
    this.#folder = folder;
    this.#onTrouble = onTrouble;
  }

  add(piece: Blob): void {
    this.#waiting.push(piece);
    const bytes = this.#waiting.reduce((sum, { size }) => sum + size, 0);
    if (bytes > WAITING_BYTES) this.#fail(tooSlow());
    if (bytes >= PIECE_BYTES && this.#state === "good") this.#writing ??= this.#write();
  }

  async collect(): Promise<Blob> {
    await this.#writing;
    return new Blob([...this.#files, ...this.#waiting]);
  }

  async remove(): Promise<void> {
    await this.#writing;
    const names = this.#files.splice(0).map(({ name }) => name);
    this.#waiting = [];
    await Promise.allSettled(names.map((name) => this.#folder.removeEntry(name)));
  }

  async #write(): Promise<void> {
    const pieces = this.#waiting;
    this.#waiting = [];
    try {
      const name = `${this.#files.length}.part`;
      const handle = await this.#folder.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      await writable.write(new Blob(pieces));
      await writable.close();
      this.#files.push(await handle.getFile());
    } catch (error) {
      this.#waiting = [...pieces, ...this.#waiting];
      this.#fail(storageError(error));
    }
    this.#writing = undefined;
  }

  #fail(error: CignalError): void {
    if (this.#state === "in trouble") return;
    this.#state = "in trouble";
    this.#onTrouble(error);
  }
}

const tooSlow = () =>
  new CignalError("storage-failed", "The disk does not keep up with the recording.");
