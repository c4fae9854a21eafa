import type { ClientMessageType, ProtocolError } from "@cignal/protocol";
import type { HandshakeResult, ServerEventEmitter } from "./events/server-events.js";
import { describeError, type Logger } from "./log.js";

interface Who {
  readonly roomId: string;
  readonly peerId: string;
}

/** What a connection tells those who run the server: as events, and in the log. */
export class ConnectionNews {
  readonly #events: ServerEventEmitter;
  readonly #logger: Logger;
  readonly #cameAt = performance.now();

  constructor({ events, logger }: { events: ServerEventEmitter; logger: Logger }) {
    this.#events = events;
    this.#logger = logger;
  }

  answered(result: HandshakeResult): void {
    const durationMs = performance.now() - this.#cameAt;
    this.#events.emit({ name: "handshakeAnswered", payload: { result, durationMs } });
  }

  refused({ code }: ProtocolError, who?: Who): void {
    this.#logger.debug?.("a handshake was refused", { code, ...who });
    this.#events.emit({ name: "peerRefused", payload: { code, ...who } });
    this.answered("refused");
  }

  messageReceived(type: ClientMessageType, who: Who): void {
    this.#events.emit({ name: "messageReceived", payload: { ...who, type } });
  }

  messageRefused({ code }: ProtocolError, who?: Who): void {
    this.#events.emit({ name: "messageRefused", payload: { code, ...who } });
  }

  failed(what: string, error: unknown): void {
    this.#logger.error(what, { error: describeError(error) });
  }
}
