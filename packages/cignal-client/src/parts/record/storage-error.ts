import { CignalError } from "../../errors.js";

/** What a failure of the disk, or of what the page gave to write to, means. */
export function storageError(cause: unknown): CignalError {
  if (cause instanceof CignalError) return cause;
  const { name } = Object(cause);
  if (name === "QuotaExceededError") {
    return new CignalError("disk-full", "There is no room on the disk for the recording.", {
      cause,
    });
  }
  if (name === "NotAllowedError" || name === "SecurityError") {
    return new CignalError("permission-denied", "The file may not be written to.", { cause });
  }
  return new CignalError("storage-failed", "The recording could not be written; see cause.", {
    cause,
  });
}
