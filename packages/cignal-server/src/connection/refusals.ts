import { ProtocolError } from "@cignal/protocol";
import { StoreFailure } from "../rooms/store-failure.js";

/** Said before the welcome (H5). */
export const notJoined = () =>
  new ProtocolError("not-joined", "Messages are taken once the welcome was sent. Wait for it.");

/** When to try again if the rooms could not be reached, in milliseconds. */
const RETRY_MS = 1_000;

/** What the sender cannot help: something has failed with this error. */
export function refusalFor(error: unknown): ProtocolError {
  if (error instanceof StoreFailure) {
    const sentence = "The server cannot reach its rooms. Try again in a moment.";
    return new ProtocolError("unavailable", sentence, undefined, RETRY_MS);
  }
  return new ProtocolError(
    "internal",
    "Something went wrong in the server. Try again; its log says more.",
  );
}
