import { ProtocolError } from "@cignal/protocol";

/** Said before the welcome (H5). */
export const notJoined = () =>
  new ProtocolError("not-joined", "Messages are taken once the welcome was sent. Wait for it.");

/** What the sender cannot help. */
export const internalError = () =>
  new ProtocolError(
    "internal",
    "Something went wrong in the server. Try again; its log says more.",
  );
