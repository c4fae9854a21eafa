import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describeError, type Logger } from "../log.js";
import type { Options } from "../options.js";
import type { Room } from "../rooms/room-state.js";
import type { RoomStore } from "../rooms/room-store.js";
import type { LiveEvent, Publisher, RoomLive } from "./live-event.js";
import { Outbox } from "./outbox.js";
import type { MembershipNews, ServerEventEmitter } from "./server-events.js";

/** How many rooms are told of at a time, and how much later the next ones are, in milliseconds. */
const [ROOMS_AT_ONCE, NEXT_MS] = [500, 100];

/** What only one node does at a time (`RoomStore.claim`). */
const CLAIM = "live events";

export interface LiveEventsSetup extends NonNullable<Options["liveEvents"]> {
  readonly events: ServerEventEmitter;
  readonly store: RoomStore;
  readonly logger: Logger;
}

/** Tells other systems what happens in rooms. None of them can hold up a call. */
export class LiveEvents {
  readonly #setup: LiveEventsSetup;
  readonly #outboxes: ReadonlyMap<string, Outbox>;
  readonly #node = randomUUID();
  readonly #timer: NodeJS.Timeout;
  #state: "open" | "closed" = "open";

  constructor(setup: LiveEventsSetup) {
    this.#setup = setup;
    const { events, maxBuffered, logger, intervalMs } = setup;
    this.#outboxes = new Map(
      named([setup.to].flat()).map(([name, publisher]) => [
        name,
        new Outbox({
          name,
          publisher,
          maxBuffered,
          logger,
          onSettled: (result) =>
            events.emit({ name: "liveEventSettled", payload: { publisher: name, result } }),
        }),
      ]),
    );
    events.on("peerJoined", (news) => this.#publish(membership({ event: "room.join" }, news)));
    events.on("peerLeft", (news) =>
      this.#publish(membership({ event: "room.leave", reason: news.reason }, news)),
    );
    this.#timer = setInterval(() => void this.#tellRooms(), intervalMs).unref();
  }

  /** How many events wait, by publisher. */
  buffered(): Record<string, number> {
    return Object.fromEntries([...this.#outboxes].map(([name, { buffered }]) => [name, buffered]));
  }

  /** Publishes what waits, for some seconds at most. Never rejects. */
  async close(): Promise<void> {
    this.#state = "closed";
    clearInterval(this.#timer);
    await Promise.all([...this.#outboxes.values()].map((outbox) => outbox.close()));
  }

  #publish(event: LiveEvent): void {
    for (const outbox of this.#outboxes.values()) outbox.push(event);
  }

  async #tellRooms(): Promise<void> {
    const { store, intervalMs, logger } = this.#setup;
    try {
      // A node that has ended is followed by another one soon after it would have told again.
      if (!(await store.claim(CLAIM, this.#node, intervalMs * 1.5))) return;
      let after: string | undefined;
      do {
        if (after !== undefined) await sleep(NEXT_MS, null, { ref: false });
        const { rooms, next } = await store.page({ after, limit: ROOMS_AT_ONCE });
        if (this.#state === "closed") return;
        for (const room of rooms) this.#publish(running(room));
        after = next;
      } while (after !== undefined);
    } catch (error) {
      logger.error("rooms could not be told of", { error: describeError(error) });
    }
  }
}

/** Each with a name of its own, for metrics and log. */
function named(destinations: readonly (Publisher | Publisher["publish"])[]): [string, Publisher][] {
  const taken = new Map<string, number>();
  return destinations.map((each) => {
    const publisher = typeof each === "function" ? { name: "function", publish: each } : each;
    const { name = "publisher" } = publisher;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return [count === 1 ? name : `${name}-${count}`, publisher];
  });
}

type OfMembership = Extract<LiveEvent, { ip: string }>;

/** Built for each join and leave. Assigning to what is there costs a tenth of spreading it into another one. */
function membership<Event extends OfMembership>(
  event: Pick<Event, "event"> & Partial<Event>,
  { roomId, peer, userId, session, size, revision }: MembershipNews,
) {
  const { socketId, address: ip, about } = session;
  const who = { sequence: revision, roomId, roomSize: size, socketId, peerId: peer.id };
  const user = userId === undefined ? undefined : { userId };
  return Object.assign(event, header(), who, user, about, { ip });
}

const header = () => ({ eventVersion: 1, eventId: randomUUID(), time: Date.now() }) as const;

function running({ id, revision, members }: Room): RoomLive {
  return {
    event: "room.live",
    ...header(),
    sequence: revision,
    roomId: id,
    roomSize: members.length,
    sessions: members.map(({ peer, standing, session }) => ({
      socketId: session.socketId,
      peerId: peer.id,
      ...(standing?.userId !== undefined && { userId: standing.userId }),
    })),
  };
}
