import type { ProtocolError } from "@cignal/protocol";
import type { Options } from "../options.js";
import { RateLimit } from "./rate-limit.js";

/** How many messages each room may have passed on (M5), on this node. Holds nothing for a room that is closed. */
export class RoomRates {
  readonly #limits: Options["limits"]["perRoom"];
  readonly #rates = new Map<string, RateLimit>();

  constructor(limits: Options["limits"]["perRoom"]) {
    this.#limits = limits;
  }

  /** Counts a message of a member of this room. */
  take(roomId: string): ProtocolError | undefined {
    let rate = this.#rates.get(roomId);
    if (!rate) {
      rate = new RateLimit(this.#limits, "all in the room together");
      this.#rates.set(roomId, rate);
    }
    return rate.take();
  }

  /** The room is closed. */
  forget(roomId: string): void {
    this.#rates.delete(roomId);
  }

  /** For how many rooms something is kept. */
  get size(): number {
    return this.#rates.size;
  }
}
