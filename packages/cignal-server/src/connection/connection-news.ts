import type { ClientMessageType, ProtocolError } from "@cignal/protocol";
import type { HandshakeResult, ServerEventEmitter } from "../events/server-events.js";
import { describeError, type Logger } from "../log.js";

interface Who {
  readonly roomId: string;
  readonly peerId: string;
}

/** What a connection tells those who run the server: as events, and in the log. */
export class ConnectionNews {
  readonly #events: ServerEventEmitter;
  readonly #logger: Logger;
  readonly #cameAt = performance.now();

  readonly #connection: string;
  /** Whose it is, once that is known. */
  #who: Who | undefined;

  constructor(
    connection: string,
    { events, logger }: { events: ServerEventEmitter; logger: Logger },
  ) {
    this.#connection = connection;
    this.#events = events;
    this.#logger = logger;
  }

  isAbout(who: Who): void {
    this.#who = who;
  }

  answered(result: HandshakeResult): void {
    const durationMs = performance.now() - this.#cameAt;
    this.#events.emit({ name: "handshakeAnswered", payload: { result, durationMs } });
  }

  refused({ code }: ProtocolError): void {
    this.#logger.debug?.("a handshake was refused", { code, ...this.#details() });
    this.#events.emit({ name: "peerRefused", payload: { code, ...this.#who } });
    this.answered("refused");
  }

  messageReceived(type: ClientMessageType): void {
    if (!this.#who) return;
    this.#events.emit({ name: "messageReceived", payload: { ...this.#who, type } });
  }

  messageRefused({ code }: ProtocolError): void {
    this.#events.emit({ name: "messageRefused", payload: { code, ...this.#who } });
  }

  failed(what: string, error: unknown): void {
    this.#logger.error(what, { error: describeError(error), ...this.#details() });
  }

  #details() {
    return { connection: this.#connection, ...this.#who };
  }
}
