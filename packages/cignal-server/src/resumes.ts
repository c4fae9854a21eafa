import { handshake, ProtocolError, parse } from "@cignal/protocol";
import { isResumeToken } from "./resume-token.js";
import { findMember } from "./rooms/room-state.js";
import type { Rooms } from "./rooms/rooms.js";

/**
 * Whether a handshake is that of a member who has lost the connection, in a room that this node knows, and proves it
 * (L4). No limit of its address may keep it out until its grace period is over.
 */
export function isResume(auth: unknown, rooms: Rooms): boolean {
  if (!(auth instanceof Object && "resumeToken" in auth)) return false;
  const said = parse(handshake, auth);
  if (said instanceof ProtocolError) return false;
  const { roomId, peerId, resumeToken } = said;
  const member = findMember(rooms.known(roomId), peerId);
  return [member?.tokenHash, member?.previousTokenHash].some(
    (hash) => hash !== undefined && resumeToken !== undefined && isResumeToken(resumeToken, hash),
  );
}
