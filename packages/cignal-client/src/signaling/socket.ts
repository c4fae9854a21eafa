import { io } from "socket.io-client";
import { reconnectPolicy } from "./reconnect-policy.js";

/** The part of a Socket.IO client socket that signalling uses. */
export interface SignalingSocket {
  readonly id?: string | undefined;
  readonly connected: boolean;
  /** Whether the socket tries to come back by itself. */
  readonly active: boolean;
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

/** Makes a socket that is not connected yet; `auth` is asked for the handshake at each attempt (H1). */
export type OpenSocket = (address: SocketAddress, auth: () => object) => SignalingSocket;

export const openSocket: OpenSocket = ({ url, path }, auth) =>
  io(url, {
    ...reconnectPolicy,
    path,
    autoConnect: false,
    // Two rooms on one page must not share a connection that one of them closes.
    forceNew: true,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    auth: (send) => send(auth()),
  });
