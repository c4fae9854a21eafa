import { fileStorage } from "../../browser/file-storage.js";
import type { Cignal } from "../../cignal.js";
import type { Session } from "../../session.js";
import { inside } from "../inside.js";
import { Files } from "./files.js";

export type { FilesEvents, SendFileOptions } from "./files.js";
export type {
  AcceptOptions,
  IncomingEvents,
  IncomingFile,
  IncomingOutcome,
  IncomingState,
} from "./incoming-file.js";
export type { Transfer, TransferState } from "./outgoing-transfer.js";
export type { Sending, SendingEvents, SendOutcome } from "./sending.js";
export type { Target } from "./sinks.js";
export type { Files };

/** What `openFiles` takes. */
export interface FilesOptions {
  /** A longer file is refused without a question. Default: none is. */
  maxBytes?: number | undefined;
}

const open = new WeakMap<Session, Files>();

/**
 * Sends files to who is in the room, and takes theirs. Leaving the room closes it.
 *
 * Throws a `TypeError` if an argument is wrong, or if files are open on this page already.
 */
export function openFiles(cignal: Cignal, options: FilesOptions = {}): Files {
  const session = inside(cignal);
  const { maxBytes = Number.MAX_SAFE_INTEGER, ...others } = options;
  for (const option of Object.keys(others)) {
    throw new TypeError(`openFiles: ${option}: there is no such option`);
  }
  if (typeof maxBytes !== "number" || !(maxBytes > 0)) {
    throw new TypeError("openFiles: maxBytes: expected a number above 0");
  }
  if (open.has(session)) throw new TypeError("openFiles: files are open already; close them first");
  const files = new Files(session, { maxBytes, onClose: () => open.delete(session) }, fileStorage);
  if (!files.closed) open.set(session, files);
  return files;
}
