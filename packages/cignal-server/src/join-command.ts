import { randomBytes } from "node:crypto";
import type { Guest } from "./handshake.js";
import { hashResumeToken, isResumeToken } from "./resume-token.js";
import type { JoinCommand } from "./rooms/command.js";

type Terms = Pick<JoinCommand, "connection" | "capacity" | "mayNotOpen">;

/** What a guest asks of a room. `newToken` is the one for the welcome (L5). */
export function joinCommand(
  { roomId, peer, address, about, standing, resumeToken }: Guest,
  newToken: string,
  terms: Terms,
): JoinCommand {
  return {
    type: "join",
    roomId,
    peer,
    standing,
    session: { socketId: randomBytes(16).toString("hex"), address, ...(about && { about }) },
    newTokenHash: hashResumeToken(newToken),
    proves: (hash) => resumeToken !== undefined && isResumeToken(resumeToken, hash),
    now: Date.now(),
    ...terms,
  };
}
