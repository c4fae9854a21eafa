import type { LeaveReason, PeerInfo, ServerErrorCode } from "@cignal/protocol";

/** Who somebody was; nothing else of a peer is kept. */
export type HistoryPeer = Pick<PeerInfo, "id" | "name" | "role">;

/** What happened in a room. `at` is in milliseconds since the epoch; `size` counts the members from then on. */
export type HistoryEntry = { readonly at: number } & (
  | { readonly event: "opened" | "closed" }
  | { readonly event: "joined"; readonly peer: HistoryPeer; readonly size: number }
  | {
      readonly event: "left";
      readonly peer: HistoryPeer;
      readonly reason: LeaveReason;
      readonly size: number;
    }
  /** Somebody could not enter, under an id that anybody may have claimed. */
  | { readonly event: "refused"; readonly code: ServerErrorCode; readonly peerId?: string }
);

/**
 * Where the histories of rooms are kept. A history begins with `opened`: of a room without one, nothing else is kept, so that
 * nobody fills a store with rooms that do not exist.
 */
export interface HistoryStore {
  /** Adds to the history of a room. Entries come in the order in which they happened. */
  append(roomId: string, entry: HistoryEntry): Promise<void>;
  /** Oldest first. `undefined` if there is none. */
  read(roomId: string): Promise<readonly HistoryEntry[] | undefined>;
}

export interface HistoryLimits {
  /** How many rooms have a history: 1 or more. The one that has been quiet the longest is dropped. Default 10,000. */
  rooms?: number | undefined;
  /** How many entries of each are kept: 1 or more. The oldest refusal is dropped, else the oldest. Default 200. */
  entries?: number | undefined;
  /** For how long an entry is kept, in milliseconds. Default 86,400,000 (24 hours). */
  ageMs?: number | undefined;
}

/** Keeps histories in this process. */
export class MemoryHistoryStore implements HistoryStore {
  /** The one that has been quiet the longest comes first. */
  readonly #histories = new Map<string, HistoryEntry[]>();
  readonly #rooms: number;
  readonly #entries: number;
  readonly #ageMs: number;

  constructor({ rooms = 10_000, entries = 200, ageMs = 86_400_000 }: HistoryLimits = {}) {
    this.#rooms = rooms;
    this.#entries = entries;
    this.#ageMs = ageMs;
  }

  async append(roomId: string, entry: HistoryEntry): Promise<void> {
    const known = this.#histories.get(roomId);
    if (!known && entry.event !== "opened") return;
    const history = known ?? [];
    history.push(entry);
    this.#histories.delete(roomId);
    this.#histories.set(roomId, history);
    if (history.length > this.#entries) {
      const refusal = history.findIndex(({ event }) => event === "refused");
      history.splice(Math.max(0, refusal), 1);
    }
    this.#forget();
  }

  async read(roomId: string): Promise<readonly HistoryEntry[] | undefined> {
    const entries = this.#histories.get(roomId)?.filter((entry) => this.#isKept(entry)) ?? [];
    return entries.length > 0 ? entries : undefined;
  }

  #forget(): void {
    for (const [roomId, history] of this.#histories) {
      const last = history.at(-1);
      if (this.#histories.size <= this.#rooms && last && this.#isKept(last)) return;
      this.#histories.delete(roomId);
    }
  }

  #isKept({ at }: HistoryEntry): boolean {
    return at > Date.now() - this.#ageMs;
  }
}
