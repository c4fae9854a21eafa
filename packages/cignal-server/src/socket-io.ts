/*
 * The part of Socket.IO that Cignal uses, by shape: any 4.x server fits, with whatever event types and whichever copy
 * of the package its owner has.
 */

/** What a client said when it connected, and over which request. */
export interface SocketHandshake {
  readonly auth: unknown;
  /** IP address of the client, or of the proxy in front of the server. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One client in a namespace. */
export interface ServerSocket {
  readonly id: string;
  readonly handshake: SocketHandshake;
  readonly rooms: ReadonlySet<string>;
  /** The Engine.IO connection; its transport has a WebSocket of the `ws` package, if it has one. */
  readonly conn: { readonly transport: object; close(discard: boolean): unknown };
  emit(type: string, payload: unknown): unknown;
  on(event: "disconnect", listener: (reason: string) => void): unknown;
  on(event: "error", listener: () => void): unknown;
  onAny(listener: (type: unknown, ...args: unknown[]) => void): unknown;
  join(room: string): unknown;
  leave(room: string): unknown;
  disconnect(): unknown;
}

/** A Socket.IO namespace. */
export interface ServerNamespace {
  readonly name: string;
  readonly sockets: ReadonlyMap<string, ServerSocket>;
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  /** What other nodes say with `serverSideEmit`. */
  on(event: string, listener: (argument: unknown) => void): unknown;
  off(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  off(event: string, listener: (argument: unknown) => void): unknown;
  to(room: string | string[]): { emit(type: string, payload: unknown): unknown };
  serverSideEmit(event: string, argument: unknown): unknown;
  in(room: string): { disconnectSockets(): unknown };
}

/** A Socket.IO server, version 4. */
export interface SocketServer {
  of(namespace: string): ServerNamespace;
}
