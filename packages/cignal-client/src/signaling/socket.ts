import { io } from "socket.io-client";

/** The part of a Socket.IO client socket that signalling uses. */
export interface SignalingSocket {
  readonly id?: string | undefined;
  readonly connected: boolean;
  /** Whether the server may still let us in: it has not refused the namespace or closed the socket. */
  readonly active: boolean;
  /** The manager: its `_close` drops the connection, whatever is still to be sent. */
  readonly io: { _close(): unknown };
  connect(): unknown;
  disconnect(): unknown;
  emit(type: string, payload: unknown): unknown;
  timeout(ms: number): { emitWithAck(type: string, payload: unknown): Promise<unknown> };
  on(event: "connect", listener: () => void): unknown;
  on(event: "disconnect", listener: (reason: string) => void): unknown;
  on(event: "connect_error", listener: (error: Error) => void): unknown;
  onAny(listener: (type: string, payload: unknown) => void): unknown;
}

export interface SocketAddress {
  /** Origin of the Socket.IO server, with its namespace: `https://example.org/cignal`. */
  url: string;
  /** Socket.IO's path on that server. */
  path: string;
}

/** What lets us in (H8), or what gets it. */
export type Token = string | (() => string | Promise<string>);

/** Is asked for the handshake at each attempt (H1), and sends it when it has it. */
export type Greet = (send: (handshake: object) => void) => void;

/** Makes a socket that is not connected yet. */
export type OpenSocket = (address: SocketAddress, greet: Greet) => SignalingSocket;

/** An attempt that hangs, as on a network that has just gone, must not hold up the next one for long. */
const ATTEMPT_MS = 5_000;

export const openSocket: OpenSocket = ({ url, path }, auth) =>
  io(url, {
    path,
    autoConnect: false,
    // The signalling channel knows better when to come back: it hears of the network and of silence.
    reconnection: false,
    timeout: ATTEMPT_MS,
    // Two rooms on one page must not share a connection that one of them closes.
    forceNew: true,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    auth,
  });
