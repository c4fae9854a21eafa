import type { Command, Effect, JoinCommand } from "./command.js";
import { StoreFailure } from "./store-failure.js";

/** How long to wait before the store is told again, in milliseconds. */
const RETRY_MS = 1_000;

/** How many rooms are repaired at once. */
const AT_ONCE = 32;

const FACTS: readonly Command["type"][] = [
  "leave",
  "confirm",
  "connection-lost",
  "grace-expired",
  "expire",
];

/** Whether a command says what has happened, so that it holds though the store cannot be told now. */
export const isFact = ({ type }: Command) => FACTS.includes(type);

/** What a join comes to that is refused as nobody knows whether the store has taken it. */
export function undoOf({ peer, connection }: JoinCommand, effects: readonly Effect[]): Command {
  const sender = { peerId: peer.id, connection };
  return effects.some((effect) => effect.type === "welcome" && effect.welcome.resumed)
    ? { type: "connection-lost", reason: "timeout", ...sender }
    : { type: "leave", ...sender };
}

/** What is done with one room. Each rejects if the store has failed. */
interface Tools {
  readonly restore: () => Promise<unknown>;
  readonly tell: (fact: Command) => Promise<unknown>;
}

/** What the store is still to be told: facts, in their order for each room, and rooms that it may have lost. */
export class Repairs {
  readonly #facts = new Map<string, readonly Command[]>();
  readonly #lost = new Set<string>();
  readonly #repair: (roomId: string) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param repair - calls `settle` when it is the room's turn
   * @param failed - told what `repair` rejects with
   */
  constructor(repair: (roomId: string) => Promise<void>, failed: (error: unknown) => void) {
    this.#repair = repair;
    this.#failed = failed;
  }

  add(roomId: string, ...facts: readonly Command[]): void {
    this.#facts.set(roomId, [...(this.#facts.get(roomId) ?? []), ...facts]);
    this.#tryLater();
  }

  /** The store may have lost these rooms. */
  restore(roomIds: readonly string[]): void {
    for (const roomId of roomIds) this.#lost.add(roomId);
    void this.#tryAll();
  }

  isLost(roomId: string): boolean {
    return this.#lost.has(roomId);
  }

  /** Does what is to be done for a room. What fails, and what comes after it, stays for the next time. */
  async settle(roomId: string, { restore, tell }: Tools): Promise<void> {
    if (this.#lost.has(roomId)) {
      await restore();
      this.#lost.delete(roomId);
    }
    const facts = this.#facts.get(roomId);
    if (!facts) return;
    this.#facts.delete(roomId);
    for (const [index, fact] of facts.entries()) {
      try {
        await tell(fact);
      } catch (error) {
        const rest = facts.slice(error instanceof StoreFailure ? index : index + 1);
        if (rest.length > 0) this.add(roomId, ...rest);
        throw error;
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #tryLater(): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#tryAll();
    }, RETRY_MS).unref();
  }

  async #tryAll(): Promise<void> {
    const rest = new Set([...this.#lost, ...this.#facts.keys()]).values();
    const work = async () => {
      for (const roomId of rest) await this.#repair(roomId);
    };
    const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    const failure = workers.find(({ status }) => status === "rejected");
    if (failure?.status === "rejected") this.#failed(failure.reason);
    if (this.#lost.size > 0 || this.#facts.size > 0) this.#tryLater();
  }
}
