import {
  handshake as handshakeSchema,
  negotiateVersion,
  type PeerInfo,
  PROTOCOL_VERSIONS,
  ProtocolError,
  parse,
} from "@cignal/protocol";
import { type Actor, allows } from "./hooks.js";
import type { Options } from "./options.js";
import type { SocketHandshake } from "./socket-io.js";

/** Somebody at the door whose papers are in order. */
export interface Guest {
  /** The protocol version to speak (V2). */
  readonly protocol: number;
  readonly roomId: string;
  readonly peer: PeerInfo;
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
  { allowedOrigins, authenticate, authorize, relayOnly }: Options,
): Promise<Guest | Inquirer | ProtocolError> {
  const origin = typeof headers["origin"] === "string" ? headers["origin"] : undefined;
  if (origin !== undefined && allowedOrigins && !allowedOrigins.includes(origin)) {
    return new ProtocolError(
      "origin-not-allowed",
      "Pages of this origin may not connect. The server has a list of those that may.",
    );
  }
  const said = parse(handshakeSchema, auth);
  if (said instanceof ProtocolError) return said;
  const { roomId, peerId, peerName, role, resumeToken } = said;
  const protocol = negotiateVersion(said.protocol);
  if (protocol === undefined) {
    const versions = PROTOCOL_VERSIONS.join(", ");
    return new ProtocolError(
      "incompatible-version",
      `The server speaks protocol version ${versions} and this page does not. Reload the page or update cignal-client.`,
    );
  }
  const info = { roomId, peerId, peerName, role, address, headers, origin };
  if (authenticate && !(await allows(() => authenticate(info)))) {
    return new ProtocolError(
      "unauthorized",
      "The server does not let you in. Sign in and try again.",
    );
  }
  const peer: PeerInfo = {
    id: peerId,
    name: peerName ?? role ?? "Peer",
    ...(role !== undefined && { role }),
    ...((said.relayOnly || relayOnly) && { relayOnly: true }),
  };
  if (said.check) return { protocol, check: true, actor: { roomId, ...peer } };
  if (authorize && !(await allows(() => authorize({ roomId, ...peer }, "join")))) {
    return new ProtocolError("forbidden", "You may not enter this room.");
  }
  return { protocol, roomId, peer, resumeToken };
}
