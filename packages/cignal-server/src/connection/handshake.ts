import {
  type About,
  type Handshake,
  handshake as handshakeSchema,
  negotiateVersion,
  type PeerInfo,
  PROTOCOL_VERSIONS,
  ProtocolError,
  parse,
} from "@cignal/protocol";
import { type AskingSetup, identify, misfit, permit, refusal } from "../access/ask-hooks.js";
import type { Actor, Identity } from "../access/hooks.js";
import type { Options } from "../options.js";
import { isExpired, isKnownAs, type Standing } from "../rooms/room-state.js";
import type { SocketHandshake } from "../socket-io.js";

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
  /** What it wants of the room (O2, O4, O7). */
  readonly wishes: Pick<Handshake, "enter" | "knock" | "password">;
}

/** Somebody who only wants to know how a room is (O10). */
export interface Watcher {
  readonly protocol: number;
  readonly watch: true;
  readonly roomId: string;
  readonly standing: Standing | undefined;
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
): Promise<Guest | Inquirer | Watcher | ProtocolError> {
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
    ...(isKnownAs(standing, "host") && { host: true }),
    ...(said.details && { details: said.details }),
    ...(said.media && { media: said.media }),
  };
  const actor = actorOf(roomId, peer, standing);
  // Its ids are random.
  if (said.check) return { protocol, check: true, actor };
  const { enter, knock, password, watch } = said;
  const action = watch ? "watch" : "join";
  const forbidden = watch ? "You may not see who is in this room." : "You may not enter this room.";
  const unfit =
    (identity && misfit(identity, said)) ??
    (watch && options.presence === false ? refusal("forbidden", forbidden) : undefined);
  if (unfit) return unfit;
  const permitted = authorize && (await permit(() => authorize(actor, action), forbidden, asking));
  if (permitted instanceof ProtocolError) return permitted;
  if (watch) return { protocol, watch, roomId, standing };
  const wishes = { enter, knock, password };
  return { protocol, roomId, peer, address, about, standing, resumeToken, wishes };
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
function standingOf({ name, role, userId, expiresAt }: Identity): Standing {
  return {
    ...(name !== undefined && { named: true }),
    ...(role !== undefined && { role }),
    ...(userId !== undefined && { userId }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** A peer as hooks see it: with the role that the server knows of (H11). */
export function actorOf(
  roomId: string,
  { id, name, relayOnly, host }: PeerInfo,
  standing: Standing | undefined,
): Actor {
  const { userId } = standing ?? {};
  // The room may have given the host role to somebody else (O8).
  const known = isKnownAs(standing, "host") ? undefined : standing?.role;
  const role = host ? "host" : (known ?? "participant");
  return {
    roomId,
    id,
    name,
    role,
    ...(userId !== undefined && { userId }),
    ...(relayOnly && { relayOnly }),
  };
}
