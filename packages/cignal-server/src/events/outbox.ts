import { inTime, TooLate } from "../access/in-time.js";
import { describeError, type Logger } from "../log.js";
import type { LiveEvent, LiveEventResult, Publisher } from "./live-event.js";

/** How many rooms are published at a time. */
const AT_ONCE = 32;

/** How long an attempt may take, in milliseconds. */
const ATTEMPT_MS = 10_000;

/** From the first pause after a failure to the longest, in milliseconds. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [200, 15_000];

/** How long closing may take, in milliseconds: for what waits, and then for the publisher. */
const [FLUSH_MS, CLOSE_MS] = [5_000, 2_000];

interface Entry {
  readonly event: LiveEvent;
  failures: number;
}

/** The events of one room that wait, in order. */
interface Lane {
  readonly entries: Entry[];
  /** `busy`: its first is being tried. `pausing`: it has failed, and is tried again later. */
  state: "ready" | "busy" | "pausing";
}

export interface OutboxSetup {
  readonly name: string;
  readonly publisher: Publisher;
  /** How many events may wait. */
  readonly maxBuffered: number;
  readonly logger: Logger;
  readonly onSettled: (result: LiveEventResult) => void;
}

/**
 * Keeps events until a publisher has taken them: at least once, and those of one room in order. While it takes none, one
 * event at a time finds out whether it does again; what is more than may wait is dropped, the oldest first.
 */
export class Outbox {
  readonly #setup: OutboxSetup;
  readonly #lanes = new Map<string, Lane>();
  /** Those whose turn may come, who has waited longest first. */
  readonly #ready = new Set<Lane>();
  /** All that is kept, oldest first. */
  readonly #kept = new Set<Entry>();
  readonly #tried = new Set<Entry>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Of the publisher, one after another; the attempts that end together are one. */
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #state: "open" | "closing" | "closed" = "open";
  /** What was said in the log since nothing waited: it is said once, and when it is over. */
  readonly #told = new Set<"failing" | "dropping">();
  #onEmpty = () => {};

  constructor(setup: OutboxSetup) {
    this.#setup = setup;
  }

  get buffered(): number {
    return this.#kept.size;
  }

  push(event: LiveEvent): void {
    const { maxBuffered, onSettled } = this.#setup;
    // A room is told again in a minute; who has come and gone is not.
    const most = event.event === "room.live" ? maxBuffered / 2 : maxBuffered;
    const isFull = this.#kept.size >= most;
    if (this.#state !== "open" || (isFull && event.event === "room.live")) {
      return onSettled("dropped");
    }
    if (isFull) this.#dropOldest();
    const entry = { event, failures: 0 };
    this.#kept.add(entry);
    const lane = this.#lanes.get(event.roomId);
    if (lane) lane.entries.push(entry);
    else {
      const opened: Lane = { entries: [entry], state: "ready" };
      this.#lanes.set(event.roomId, opened);
      this.#ready.add(opened);
    }
    this.#work();
  }

  /** Takes no more, and gives what waits some seconds. Never rejects. */
  async close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closing";
    const { publisher, logger, name, onSettled } = this.#setup;
    this.#endPause();
    this.#work();
    const isEmpty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      if (this.#kept.size === 0) resolve();
    });
    // What is left when it is too late is counted below.
    await inTime(() => isEmpty, FLUSH_MS).catch(() => {});
    this.#state = "closed";
    this.#endPause();
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#kept.size > 0) {
      logger.error("live events were not published before the server was closed", {
        publisher: name,
        count: this.#kept.size,
      });
    }
    for (const _entry of this.#kept) onSettled("dropped");
    this.#kept.clear();
    try {
      await inTime(() => publisher.close?.(), CLOSE_MS);
    } catch (error) {
      logger.error("a publisher was not closed", { publisher: name, error: describeError(error) });
    }
  }

  #work(): void {
    const most = this.#failures > 0 ? 1 : AT_ONCE;
    while (!this.#pause && this.#tried.size < most && this.#state !== "closed") {
      const [lane] = this.#ready;
      const [entry] = lane?.entries ?? [];
      if (!lane || !entry) return;
      this.#ready.delete(lane);
      lane.state = "busy";
      void this.#try(lane, entry);
    }
  }

  async #try(lane: Lane, entry: Entry): Promise<void> {
    this.#tried.add(entry);
    const failuresBefore = this.#failures;
    const error = await attempt(this.#setup.publisher, entry.event);
    this.#tried.delete(entry);
    if (this.#state === "closed") return;
    const isRefused = error instanceof Error && error.name === "EventRefused";
    if (error === undefined || isRefused) {
      this.#settle(entry.event, isRefused ? error : undefined);
      this.#remove(lane, entry);
      this.#continue(lane);
    } else {
      // Who has failed together has failed once.
      if (this.#failures === failuresBefore) this.#failed(error);
      this.#setup.onSettled("failed");
      entry.failures += 1;
      lane.state = "pausing";
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#continue(lane);
      }, pauseAfter(entry.failures)).unref();
      this.#timers.add(timer);
    }
    this.#work();
  }

  #settle({ event, roomId }: LiveEvent, refusal: Error | undefined): void {
    const { logger, name: publisher, onSettled } = this.#setup;
    onSettled(refusal ? "refused" : "published");
    if (refusal) {
      const error = describeError(refusal);
      logger.error("a live event was refused", { publisher, event, roomId, error });
    }
    this.#failures = 0;
    this.#endPause();
  }

  #failed(reason: unknown): void {
    const { logger, name: publisher } = this.#setup;
    if (!this.#told.has("failing")) {
      const error = describeError(reason);
      logger.warn("live events cannot be published; they are kept", { publisher, error });
    }
    this.#told.add("failing");
    this.#failures += 1;
    this.#endPause();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#work();
    }, pauseAfter(this.#failures)).unref();
  }

  #endPause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  /** The lane may go on, if there is something in it. */
  #continue(lane: Lane): void {
    lane.state = "ready";
    const [entry] = lane.entries;
    if (entry) this.#ready.add(lane);
    this.#work();
  }

  #remove(lane: Lane, entry: Entry): void {
    this.#kept.delete(entry);
    lane.entries.splice(lane.entries.indexOf(entry), 1);
    if (lane.entries.length === 0) {
      this.#ready.delete(lane);
      if (this.#lanes.get(entry.event.roomId) === lane) this.#lanes.delete(entry.event.roomId);
    }
    if (this.#kept.size > 0) return;
    this.#onEmpty();
    if (this.#told.size === 0) return;
    this.#told.clear();
    this.#setup.logger.info("no live event waits any more", { publisher: this.#setup.name });
  }

  /** What is on its way is not dropped: there is little of it, and it may be there already. */
  #dropOldest(): void {
    for (const entry of this.#kept) {
      const lane = this.#lanes.get(entry.event.roomId);
      if (!lane || this.#tried.has(entry)) continue;
      this.#remove(lane, entry);
      break;
    }
    const { logger, name, maxBuffered, onSettled } = this.#setup;
    onSettled("dropped");
    if (this.#told.has("dropping")) return;
    this.#told.add("dropping");
    logger.error("live events are dropped: more wait than may", {
      publisher: name,
      count: maxBuffered,
    });
  }
}

/** Why it has failed, if it has. */
async function attempt(publisher: Publisher, event: LiveEvent): Promise<unknown> {
  const over = new AbortController();
  try {
    await inTime(() => publisher.publish(event, over.signal), ATTEMPT_MS);
    return undefined;
  } catch (error) {
    if (error instanceof TooLate) over.abort();
    return error ?? new Error("rejected with nothing");
  }
}

/** Doubles, and is up to a half shorter, so that not all try again together. */
function pauseAfter(failures: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return longest * (0.5 + Math.random() / 2);
}
