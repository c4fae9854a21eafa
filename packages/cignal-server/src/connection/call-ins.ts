import type { ServerNamespace } from "../socket-io.js";

/** What nodes tell each other: that who waits over this connection is to try again. */
const EVENT = "cignal:call-in";

/** Those who wait at the door of a room (O4, O5) over sockets of this node, and may be called in from any. */
export class CallIns {
  readonly #namespace: ServerNamespace;
  readonly #areMany: boolean;
  readonly #waiting = new Map<string, () => void>();

  /** @param areMany - whether there are other nodes, which the namespace's adapter then reaches */
  constructor(namespace: ServerNamespace, areMany: boolean) {
    this.#namespace = namespace;
    this.#areMany = areMany;
  }

  /** Hears what other nodes call. Returns the undo. */
  listen(): () => void {
    const called = (connection: unknown) => this.#waiting.get(String(connection))?.();
    this.#namespace.on(EVENT, called);
    return () => this.#namespace.off(EVENT, called);
  }

  /** @param tryAgain - what is done when this connection is called */
  add(connection: string, tryAgain: () => void): void {
    this.#waiting.set(connection, tryAgain);
  }

  delete(connection: string): void {
    this.#waiting.delete(connection);
  }

  call(connection: string): void {
    const tryAgain = this.#waiting.get(connection);
    if (tryAgain) tryAgain();
    else if (this.#areMany) this.#namespace.serverSideEmit(EVENT, connection);
  }
}
