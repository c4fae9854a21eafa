import { trace } from "../log.js";
import type { ServerSocket } from "../socket-io.js";

/** How many packets may wait behind what is being written: each holds a message of 65 kB at most. */
const PACKETS_AT_MOST = 256;

/** How much of what was written may not have been taken, in bytes. */
const BYTES_AT_MOST = 16_000_000;

/** The part of a WebSocket of the `ws` package that is used here. */
interface FullWebSocket {
  readonly bufferedAmount: number;
  terminate(): void;
}

/**
 * Closes the connection of a client that does not take what it is sent (M6): what waits for it is kept in memory, and
 * another one can send it more and more. It counts as lost.
 */
export function closeIfClogged({ conn, id }: ServerSocket): void {
  const webSocket = webSocketOf(conn);
  const bytes = webSocket?.bufferedAmount ?? 0;
  if (packetsFor(conn) <= PACKETS_AT_MOST && bytes <= BYTES_AT_MOST) return;
  trace.connection("a socket took nothing any more: %s", id);
  // With all that waits, and so with its other namespaces: a farewell would wait with the rest.
  conn.close(true);
  webSocket?.terminate();
}

/** Engine.IO's own buffer. */
function packetsFor(conn: ServerSocket["conn"]): number {
  const waiting: unknown = Reflect.get(conn, "writeBuffer");
  return Array.isArray(waiting) ? waiting.length : 0;
}

/** There is none while a client polls. */
function webSocketOf({ transport }: ServerSocket["conn"]): FullWebSocket | undefined {
  const socket: unknown = Reflect.get(transport, "socket");
  return isFull(socket) ? socket : undefined;
}

function isFull(socket: unknown): socket is FullWebSocket {
  return socket instanceof Object && typeof Reflect.get(socket, "terminate") === "function";
}
