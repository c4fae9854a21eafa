import type { IceServer, PeerInfo } from "@cignal/protocol";
import type { SocketHandshake } from "./socket-io.js";

/** Who wants to come in. The names are what the client says of itself; only the request is a fact. */
export interface HandshakeInfo {
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

type Verdict = boolean | Promise<boolean>;

/**
 * Decides who may connect. Whatever is not `true` refuses with `unauthorized`, an error included; what it says stays on
 * the server.
 */
export type Authenticate = (handshake: HandshakeInfo) => Verdict;

/**
 * What a peer may be allowed to do: enter, send information over the server, change the ICE servers of its room.
 * Information that peers send each other over their data channel never comes by the server.
 */
export type Action = "join" | "inform" | "set-ice-servers";

/** Whoever wants to do it. */
export interface Actor extends PeerInfo {
  readonly roomId: string;
}

/**
 * Decides who may do what. Whatever is not `true` refuses with `forbidden`, an error included; what it says stays on the
 * server. Nothing else that the peer sends waits for it.
 */
export type Authorize = (peer: Actor, action: Action) => Verdict;

/**
 * Makes the ICE servers of one peer: when it enters, and again before they run out. Entering waits
 * for it, 5 s at most. If it throws, is late or returns no proper list, that is logged and the peer gets what it got the
 * last time, at first nothing.
 */
export type IceServersFor = (peer: Actor) => IceServer[] | Promise<IceServer[]>;

/** Whether a hook said yes. A forgotten `return` must not let everybody in. */
export async function allows(hook: () => Verdict): Promise<boolean> {
  try {
    return (await hook()) === true;
  } catch {
    return false;
  }
}
