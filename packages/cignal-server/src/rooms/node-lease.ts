import { ProtocolError } from "@cignal/protocol";
import { describeError, type Logger } from "../log.js";
import type { Leases } from "./room-store.js";
import { fromStore } from "./store-failure.js";

export interface NodeLeaseSetup {
  readonly leases: Leases;
  readonly node: string;
  readonly logger: Logger;
  /** Others may have given up on the members of this node, or the store has lost its rooms. */
  readonly lost: () => void;
  /** Another node has ended without a word. */
  readonly takeOver: (node: string) => Promise<void>;
}

/** In how many renewals after a loss the rooms are looked after again: whoever took them over may not have ended yet. */
const LOOKS_AFTER_LOSS = 2;

/** Says again and again that this node is alive, and hears of those that are not. */
export class NodeLease {
  readonly #setup: NodeLeaseSetup;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #generation: string | undefined;
  #heldUntil = 0;
  /** Until when other nodes may not have restored what the store has lost. */
  #incompleteUntil = 0;
  #looks = 0;
  #isAway = false;
  #takingOver = false;

  constructor(setup: NodeLeaseSetup) {
    this.#setup = setup;
  }

  start(): void {
    const tick = () => void this.renew().catch(() => {});
    this.#timer = setInterval(tick, this.#setup.leases.ttlMs * 0.3);
    this.#timer.unref();
    tick();
  }

  /** Gives the lease back. Never rejects. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const { leases, node } = this.#setup;
    await this.#renewing?.catch(() => {});
    await leases.release(node).catch((error) => this.#report("a lease was not given back", error));
  }

  /** The store has failed: perhaps it comes back without what it had. */
  doubt(): void {
    this.#heldUntil = 0;
  }

  /**
   * Resolves if this node counts as alive, so that somebody will free the places of those who enter.
   *
   * @throws StoreFailure if the store does not answer
   */
  async held(): Promise<void> {
    if (Date.now() >= this.#heldUntil) await this.renew();
  }

  /** Why nobody may open a room now: there may be one that is not restored yet. */
  mayNotOpen(): ProtocolError | undefined {
    const restMs = this.#incompleteUntil - Date.now();
    if (restMs <= 0) return undefined;
    const sentence = "The server is finding its rooms again. Try again in a moment.";
    return new ProtocolError("unavailable", sentence, undefined, restMs);
  }

  /** @throws StoreFailure if the store does not answer */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    const { leases, node, logger, lost } = this.#setup;
    const asked = Date.now();
    try {
      const { held, generation, lapsed } = await fromStore(() => leases.renew(node));
      const isFirst = this.#generation === undefined;
      if (!isFirst && generation !== this.#generation) {
        this.#incompleteUntil = Date.now() + leases.ttlMs;
        logger.warn("the room store has lost its rooms; they are restored");
      }
      if (!isFirst && !(held && generation === this.#generation))
        this.#looks = LOOKS_AFTER_LOSS + 1;
      this.#generation = generation;
      this.#heldUntil = asked + leases.ttlMs;
      if (this.#isAway) logger.info("the room store is back");
      this.#isAway = false;
      if (this.#looks > 0) {
        this.#looks--;
        lost();
      }
      if (lapsed.length > 0 && !this.#takingOver) void this.#takeOver(lapsed);
    } catch (error) {
      if (!this.#isAway) this.#report("the room store is away", error);
      this.#isAway = true;
      throw error;
    }
  }

  async #takeOver(lapsed: readonly string[]): Promise<void> {
    this.#takingOver = true;
    try {
      for (const node of lapsed) await this.#setup.takeOver(node);
    } catch (error) {
      // The next renewal tells of them again.
      this.#report("a node could not be taken over", error);
    } finally {
      this.#takingOver = false;
    }
  }

  #report(what: string, error: unknown): void {
    this.#setup.logger.error(what, { error: describeError(error) });
  }
}
