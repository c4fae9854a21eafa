import {
  type About,
  handshake as handshakeSchema,
  negotiateVersion,
  type PeerInfo,
  PROTOCOL_VERSIONS,
  ProtocolError,
  parse,
} from "@cignal/protocol";
import { type AskingSetup, identify, misfit, permit, refusal } from "./ask-hooks.js";
import type { Actor, Identity } from "./hooks.js";
import type { Options } from "./options.js";
import { isExpired, type Standing } from "./rooms/room-state.js";
import type { SocketHandshake } from "./socket-io.js";

/** Somebody at the door whose papers are in order. */
export interface Guest {
  /** The protocol version to speak (V2). */
  readonly protocol: number;
  readonly roomId: string;
  readonly peer: PeerInfo;
  /** The network address of the client. */
  readonly address: string;
  /** What the client says of itself (H12), for the server alone if the peer is `relayOnly` (R1). */
  readonly about: About | undefined;
  /** Absent if nobody was asked who it is. */
  readonly standing: Standing | undefined;
  /** What the client would resume with (L4). */
  readonly resumeToken: string | undefined;
}

/** Somebody who only wants to know whether the door works, and may (H7). */
export interface Inquirer {
  readonly protocol: number;
  readonly check: true;
  /** As whom they would enter. */
  readonly actor: Actor;
}

/** Reads a handshake and asks who it is, before anybody looks at the room (H6). */
export async function examine(
  { auth, address, headers }: SocketHandshake,
  options: Options,
  logger: AskingSetup["logger"],
): Promise<Guest | Inquirer | ProtocolError> {
  const origin = originOf(headers);
  if (!isAllowed(origin, options)) {
    return new ProtocolError(
      "origin-not-allowed",
      "Only pages of certain origins may connect, and this is none of them.",
    );
  }
  const said = parse(handshakeSchema, auth);
  if (said instanceof ProtocolError) return said;
  const { roomId, peerId, peerName, role, token, resumeToken, about } = said;
  const protocol = negotiateVersion(said.protocol);
  if (protocol === undefined) {
    const versions = PROTOCOL_VERSIONS.join(", ");
    return new ProtocolError(
      "incompatible-version",
      `The server speaks protocol version ${versions} and this page does not. Reload the page or update cignal-client.`,
    );
  }
  const asking = { hookTimeoutMs: options.hookTimeoutMs, logger };
  const { authenticate, authorize } = options;
  const info = { token, roomId, peerId, peerName, role, address, headers, origin };
  const identity = authenticate && (await identify(authenticate, info, asking));
  if (identity instanceof ProtocolError) return identity;
  const standing = identity && standingOf(identity);
  if (isExpired(standing, Date.now())) return refusal("token-expired");
  // What is said of oneself counts only where nobody knows better (H9).
  const shown = identity ?? { name: peerName, role };
  const peer: PeerInfo = {
    id: peerId,
    name: shown.name ?? shown.role ?? "Peer",
    ...(shown.role !== undefined && { role: shown.role }),
    ...(said.relayOnly || options.relayOnly ? { relayOnly: true } : about && { about }),
  };
  const actor = actorOf(roomId, peer, standing);
  // Its ids are random.
  if (said.check) return { protocol, check: true, actor };
  const refused =
    (identity && misfit(identity, said)) ??
    (authorize &&
      (await permit(() => authorize(actor, "join"), "You may not enter this room.", asking)));
  return refused ?? { protocol, roomId, peer, address, about, standing, resumeToken };
}

/** Not `undefined` if there is such a header, of whatever shape. */
function originOf({ origin }: SocketHandshake["headers"]): string | undefined {
  return origin === undefined ? undefined : String(origin);
}

function isAllowed(
  origin: string | undefined,
  { allowedOrigins, requireOrigin }: Pick<Options, "allowedOrigins" | "requireOrigin">,
): boolean {
  if (origin === undefined) return !requireOrigin;
  return allowedOrigins?.includes(origin) ?? true;
}

/** What of an identity the server keeps for itself. */
function standingOf({ role, userId, expiresAt }: Identity): Standing {
  return {
    ...(role !== undefined && { role }),
    ...(userId !== undefined && { userId }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** A peer as hooks see it: with the role that the server knows of (H11). */
export function actorOf(
  roomId: string,
  { id, name, relayOnly }: PeerInfo,
  standing: Standing | undefined,
): Actor {
  const { role = "participant", userId } = standing ?? {};
  return {
    roomId,
    id,
    name,
    role,
    ...(userId !== undefined && { userId }),
    ...(relayOnly && { relayOnly }),
  };
}
