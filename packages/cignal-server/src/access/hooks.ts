import type { IceServer, PeerInfo } from "@cignal/protocol";
import type { SocketHandshake } from "../socket-io.js";

/** Who wants to come in. What is not of the request is only what the client says of itself. */
export interface HandshakeInfo {
  /** What the client shows to be let in, such as a JWT: its option `token`. */
  readonly token: string | undefined;
  readonly roomId: string;
  readonly peerId: string;
  readonly peerName: string | undefined;
  readonly role: string | undefined;
  /** IP address of the client, or of the proxy in front of the server. */
  readonly address: string;
  readonly headers: SocketHandshake["headers"];
  /** The `Origin` header; `undefined` if the client is no browser. */
  readonly origin: string | undefined;
}

/** What somebody may do. The three that Cignal knows, and any word of yours, at most 64 characters. */
export type Role = "participant" | "host" | "inspector" | (string & {});

/** Who somebody is by the server's own knowledge. What the client says of name and role then counts for nothing. */
export interface Identity {
  /** As others see it, at most 64 characters. Default: the role, else "Peer". */
  readonly name?: string | undefined;
  /** Others see it, too. Default: "participant", which others are not told. */
  readonly role?: Role | undefined;
  /** The only rooms that this user may enter. Default: all. */
  readonly rooms?: string | readonly string[] | undefined;
  /** The only peer id that this user may have. Default: whatever the client chooses. */
  readonly peerId?: string | undefined;
  /** Your own id of this user, at most 128 characters. Only your hooks see it; who resumes must have the same. */
  readonly userId?: string | undefined;
  /** When the membership ends unless it is renewed, in milliseconds since the epoch. Default: never. */
  readonly expiresAt?: number | undefined;
}

/** A refusal with a reason that the client is told. */
export interface Refused {
  /** `"unavailable"` says that it cannot be found out now, and that trying again helps. */
  readonly refused: "unauthorized" | "token-expired" | "forbidden" | "unavailable";
  /** A sentence for the user, at most 256 characters. Default: one of Cignal's. */
  readonly message?: string | undefined;
  /** What went wrong, if something did: an error for the server's log. The client is not told. */
  readonly cause?: unknown;
}

/**
 * Finds out who wants to connect; asked at each connection, and so also when somebody comes back. `true` lets in somebody
 * of whom nothing is known. Whatever is neither `true` nor an identity refuses, with `unauthorized` if it does not say
 * otherwise, an error included; what that says stays on the server.
 */
export type Authenticate = (
  handshake: HandshakeInfo,
) => Identity | Refused | boolean | Promise<Identity | Refused | boolean>;

/**
 * What a peer may be allowed to do: enter, send information over the server, change the ICE servers of its room, see who
 * is in a room without entering; lock it, set its password, admit or turn away who knocks, remove somebody, end it for all,
 * hand over the host role, and change its own name, details and media. Information that peers send each other over their
 * data channel never comes by the server.
 */
export type Action =
  | "join"
  | "inform"
  | "set-ice-servers"
  | "watch"
  | "lock"
  | "set-password"
  | "admit"
  | "remove"
  | "end-room"
  | "transfer-host"
  | "update";

/** Whoever wants to do it. */
export interface Actor extends Omit<PeerInfo, "role"> {
  readonly roomId: string;
  /** "host" of whom the room has as its host, else what `authenticate` said, else "participant". Never what a client says. */
  readonly role: Role;
  /** What `authenticate` said. */
  readonly userId?: string;
}

/**
 * `true` has no objection: what is a host's is then still the hosts' alone. `"grant"` allows it to whoever asks. Anything
 * else refuses.
 */
export type Verdict = boolean | "grant";

/**
 * Decides who may do what. Refusals have the code `forbidden`; an error is one, and what it says stays on the server.
 * Nothing else that the peer sends waits for it.
 */
export type Authorize = (peer: Actor, action: Action) => Verdict | Promise<Verdict>;

/**
 * Makes the ICE servers of one peer: when it enters, and again before they run out. Entering waits
 * for it, 5 s at most. If it throws, is late or returns no proper list, that is logged and the peer gets what it got the
 * last time, at first nothing.
 */
export type IceServersFor = (peer: Actor) => IceServer[] | Promise<IceServer[]>;
