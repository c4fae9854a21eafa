import { nanoid } from "nanoid";
import type { Options } from "../options.js";
import type { JoinCommand } from "../rooms/command.js";
import type { Guest } from "./handshake.js";
import type { PasswordTerms } from "./passwords.js";
import { hashResumeToken, isResumeToken } from "./resume-token.js";

interface Terms extends PasswordTerms, Pick<JoinCommand, "connection" | "mayNotOpen" | "enter"> {}

/** What a guest asks of a room. `newToken` is the one for the welcome (L5). */
export function joinCommand(
  { roomId, peer, address, about, standing, resumeToken, wishes }: Guest,
  newToken: string,
  terms: Terms,
  options: Options,
): JoinCommand {
  return {
    type: "join",
    roomId,
    peer,
    standing,
    session: { socketId: nanoid(), address, ...(about && { about }) },
    newTokenHash: hashResumeToken(newToken),
    proves: (hash) => resumeToken !== undefined && isResumeToken(resumeToken, hash),
    now: Date.now(),
    knock: wishes.knock,
    capacity: options.capacity,
    waitForHost: options.waitForHost,
    lock: options.lockNewRooms,
    hideInspectors: options.invisibleInspectors,
    ...terms,
  };
}
