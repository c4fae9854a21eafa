import { handshake, ProtocolError, parse } from "@cignal/protocol";
import type { Visit } from "../limits/address-limits.js";
import { findMember, type Room } from "../rooms/room-state.js";
import type { Rooms } from "../rooms/rooms.js";
import { isResumeToken } from "./resume-token.js";

interface Claim {
  readonly roomId: string;
  readonly peerId: string;
  readonly resumeToken: string;
}

/**
 * Counts a handshake, unless it is that of a member who has lost the connection and proves it (L4): no limit of its address
 * may keep that one out until its grace period is over. A room that this node does not know is looked up, as often as the
 * limit lets that happen.
 *
 * @returns why it is refused, if it is
 */
export async function admit(
  auth: unknown,
  rooms: Rooms,
  visit: Visit,
): Promise<ProtocolError | undefined> {
  const claim = claimOf(auth);
  if (claim && proves(claim, rooms.known(claim.roomId))) return undefined;
  const refused = await visit.admit();
  if (!refused || !claim || !rooms.areShared || !(await visit.takeLookup())) return refused;
  return proves(claim, await rooms.look(claim.roomId)) ? undefined : refused;
}

function claimOf(auth: unknown): Claim | undefined {
  if (!(auth instanceof Object && "resumeToken" in auth)) return undefined;
  const said = parse(handshake, auth);
  if (said instanceof ProtocolError || said.resumeToken === undefined) return undefined;
  const { roomId, peerId, resumeToken } = said;
  return { roomId, peerId, resumeToken };
}

function proves({ peerId, resumeToken }: Claim, room: Room | undefined): boolean {
  const member = findMember(room, peerId);
  return [member?.tokenHash, member?.previousTokenHash].some(
    (hash) => hash !== undefined && isResumeToken(resumeToken, hash),
  );
}
