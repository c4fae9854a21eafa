import type { Peer } from "../../peer/peer.js";
import type { FileMessage } from "./wire.js";

/** After a failure at once, such as of a server that does not allow it, while there is no connection. */
const AGAIN_MS = 2_000;

/** What a peer is answered while it cannot be reached. */
const WAITING_AT_MOST = 256;

/** What is to be said to one peer, in order, and again until it is said. */
export class Mailbox {
  readonly #peer: Peer;
  readonly #waiting: FileMessage[] = [];
  #state: "idle" | "busy" | "closed" = "idle";
  #patience: "again" | "once" = "again";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  say(message: FileMessage): void {
    if (this.#state === "closed") return;
    this.#forget(message);
    const isAnswer = message.type !== "offer";
    if (isAnswer && this.#waiting.length >= WAITING_AT_MOST) return;
    this.#waiting.push(message);
    if (this.#state === "idle") void this.#sayNext();
  }

  /** What waits is tried once more; nobody is here any more to see whether it fails. */
  finish(): void {
    this.#patience = "once";
    if (this.#timer === undefined) return;
    this.#stopWaiting();
    void this.#sayNext();
  }

  close(): void {
    this.#state = "closed";
    this.#waiting.length = 0;
    this.#stopWaiting();
  }

  /** Who is told the same anew needs not hear it as it was before; the first one may be on its way already. */
  #forget({ type, id }: FileMessage): void {
    const index = this.#waiting.findIndex(
      (waiting, index) => index > 0 && waiting.type === type && waiting.id === id,
    );
    if (index > 0) this.#waiting.splice(index, 1);
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #sayNext(): Promise<void> {
    const [message] = this.#waiting;
    if (!message || this.#state === "closed") {
      if (this.#state === "busy") this.#state = "idle";
      return;
    }
    this.#state = "busy";
    const said = await this.#peer.inform(message, "file").then(
      () => true,
      () => false,
    );
    if (this.#isClosed()) return;
    if (said || this.#patience === "once") {
      this.#waiting.shift();
      return this.#sayNext();
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#sayNext();
    }, AGAIN_MS);
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}
