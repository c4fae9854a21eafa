import { CignalError } from "../../errors.js";
import type { EndReason } from "./wire.js";

/** Why a transfer with somebody of this name has ended, by their word. */
export function ended(reason: EndReason, name: string): CignalError {
  switch (reason) {
    case "cancelled":
      return new CignalError("file-cancelled", `${name} has cancelled the file.`);
    case "unknown":
      return new CignalError(
        "file-lost",
        `${name} does not know the file any more, as after a reload. Send it again.`,
        { retryable: true },
      );
    case "unreadable":
      return new CignalError(
        "file-unreadable",
        `${name} cannot read the file any more. It was changed or removed.`,
      );
    case "storage":
      return new CignalError("storage-failed", `${name} could not store the file.`);
    case "damaged":
      return damaged();
    case "rules":
      return new CignalError("bad-message", `${name} did not understand how the file was sent.`);
  }
}

export const cancelled = (cause?: unknown) =>
  new CignalError("file-cancelled", "The file was cancelled here.", { cause });

export const refused = (name: string, reason?: string) =>
  new CignalError("file-refused", reason || `${name} does not want the file.`);

export const gone = (name: string) =>
  new CignalError("nobody-here", `${name} has left before the file was there.`, {
    retryable: true,
  });

export const damaged = () =>
  new CignalError(
    "file-damaged",
    "What has arrived is not what was sent (SHA-256). Send the file again.",
    { retryable: true },
  );

export const unreadable = (cause: unknown) =>
  new CignalError(
    "file-unreadable",
    "The file cannot be read any more: it was changed or removed since it was chosen.",
    { cause },
  );

export const storageFailed = (cause: unknown) => {
  const isFull = cause instanceof Error && cause.name === "QuotaExceededError";
  return isFull
    ? new CignalError("disk-full", "There is not enough room for the file.", { cause })
    : new CignalError("storage-failed", "The file cannot be written; see cause.", { cause });
};

export const brokeRules = (name: string, what: string) =>
  new CignalError("bad-message", `${name} has broken the rules: ${what}.`);
