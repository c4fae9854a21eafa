import type { ServerSocket } from "../socket-io.js";

/** The browser navigates away from the page that opened the WebSocket (RFC 6455, section 7.4.1). */
const GOING_AWAY = 1001;

/** The part of a WebSocket of the `ws` package that is used here. */
interface ClosingWebSocket {
  prependListener(event: "close", listener: (code: number) => void): unknown;
}

/**
 * Calls back when the browser closes the WebSocket because the page goes away, before Socket.IO hears of it. Firefox does
 * so before the page itself learns anything, so that its page cannot say `away` (L7).
 */
export function onGoingAway({ conn }: ServerSocket, listener: () => void): void {
  const webSocket: unknown = Reflect.get(conn.transport, "socket");
  if (!isClosing(webSocket)) return;
  webSocket.prependListener("close", (code) => {
    if (code === GOING_AWAY) listener();
  });
}

function isClosing(webSocket: unknown): webSocket is ClosingWebSocket {
  return (
    webSocket instanceof Object && typeof Reflect.get(webSocket, "prependListener") === "function"
  );
}
