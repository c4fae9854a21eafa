import { ProtocolError, type ServerMessage } from "@cignal/protocol";
import { AwaitQueue } from "awaitqueue";
import type { ServerEventEmitter } from "../events/server-events.js";
import type { RoomRates } from "../limits/room-rates.js";
import { describeError, type Logger, trace } from "../log.js";
import type { Outlet } from "../outlet.js";
import { Absences } from "./absences.js";
import type { Command, Effect, Welcome } from "./command.js";
import { serverClosing } from "./dismissals.js";
import { decide } from "./room.js";
import { findMember, type Member, type Room } from "./room-state.js";
import type { RoomStore } from "./room-store.js";

/** How often a decision is made again because somebody else was faster, until something must be wrong. */
const MAX_ATTEMPTS = 16;

/** How long somebody whose standing has expired may take to come back with a new one, in milliseconds (L8). */
const RENEWAL_MS = 10_000;

const tooMuchWaits = () =>
  new ProtocolError(
    "rate-limited",
    "They are cut off, and enough is waiting for them. Try again in a moment.",
    undefined,
    1_000,
  );

/** What became of a command. A `ProtocolError` says why it was refused. */
export type Outcome = "changed" | "unchanged" | ProtocolError;

type EffectOf<Type extends Effect["type"]> = Extract<Effect, { type: Type }>;

type Welcomed = (welcome: Welcome) => void;

export interface RoomsSetup {
  readonly store: RoomStore;
  readonly outlet: Outlet;
  readonly events: ServerEventEmitter;
  readonly logger: Logger;
  readonly roomRates: RoomRates;
  readonly gracePeriodMs: number;
  /** Counts if it is the shorter one (L7). */
  readonly returnPeriodMs: number;
}

/** Takes what happens to rooms, in order for each room: load, decide, commit, deliver. */
export class Rooms {
  readonly #setup: RoomsSetup;
  readonly #absences = new Absences();
  /** A queue for each room that is busy; idle rooms have none. */
  readonly #queues = new Map<string, AwaitQueue>();
  /** Each room as this node knows it, so that a signal need not wait for the store. */
  readonly #known = new Map<string, Room>();
  #state: "open" | "closing" = "open";

  constructor(setup: RoomsSetup) {
    this.#setup = setup;
  }

  /** The room as it is now, without waiting for what is queued. */
  known(roomId: string): Room | undefined {
    return this.#known.get(roomId);
  }

  /**
   * Queues a command behind the others of its room. Other rooms never wait for it.
   *
   * @param welcomed - for `join`: called once it is committed, before anybody else is told
   * @throws what the store throws
   */
  async submit(roomId: string, command: Command, welcomed?: Welcomed): Promise<Outcome> {
    const queue = this.#queues.get(roomId) ?? new AwaitQueue();
    this.#queues.set(roomId, queue);
    try {
      return await queue.push(() => this.#perform(roomId, command, welcomed), command.type);
    } finally {
      // By now another command may have found the room idle and made it a queue of its own.
      if (queue.size === 0 && this.#queues.get(roomId) === queue) this.#queues.delete(roomId);
    }
  }

  /**
   * Passes on to a member what another one says, now or as soon as it is back (S2).
   *
   * @returns why that cannot be, if too much is said in the room (M5) or waits for it already
   */
  tell(roomId: string, member: Member, message: ServerMessage): ProtocolError | undefined {
    const exceeded = this.#setup.roomRates.take(roomId);
    if (exceeded) return exceeded;
    const { presence } = member;
    if (presence.state === "connected") this.#setup.outlet.tell(roomId, [member], message);
    else if (!this.#absences.hold(presence.lost, message)) return tooMuchWaits();
    return undefined;
  }

  /** Closes every room of this node and lets nobody in any more. */
  async close(): Promise<void> {
    this.#state = "closing";
    const roomIds = new Set([...this.#known.keys(), ...this.#queues.keys()]);
    const closings = [...roomIds].map((roomId) =>
      this.submit(roomId, { type: "close", code: "server-closing" }),
    );
    for (const closing of await Promise.allSettled(closings)) {
      if (closing.status === "rejected") this.#report("close", closing.reason);
    }
  }

  async #perform(
    roomId: string,
    command: Command,
    welcomed: Welcomed | undefined,
  ): Promise<Outcome> {
    if (this.#state === "closing" && command.type === "join") {
      return serverClosing();
    }
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const room = await this.#setup.store.load(roomId);
      const decision = decide(room, command);
      if (decision instanceof ProtocolError) return decision;
      if (decision.room === room) return "unchanged";
      if (await this.#setup.store.commit(roomId, room?.revision ?? 0, decision.room)) {
        trace.rooms("%s %s", roomId, command.type);
        this.#setup.logger.debug?.("a room has changed", { roomId, command: command.type });
        this.#know(roomId, decision.room);
        this.#deliverAll(roomId, decision.effects, welcomed);
        return "changed";
      }
    }
    throw new Error(`the room store refused ${MAX_ATTEMPTS} commits in a row`);
  }

  #know(roomId: string, room: Room | undefined): void {
    if (room) this.#known.set(roomId, room);
    else {
      this.#known.delete(roomId);
      this.#setup.roomRates.forget(roomId);
    }
  }

  #deliverAll(roomId: string, effects: readonly Effect[], welcomed: Welcomed | undefined): void {
    for (const effect of effects) {
      try {
        this.#deliver(roomId, effect, welcomed);
      } catch (error) {
        // It is committed: the others must hear of it even if one of them could not.
        this.#report(effect.type, error);
      }
    }
  }

  #deliver(roomId: string, effect: Effect, welcomed: Welcomed | undefined): void {
    switch (effect.type) {
      case "welcome":
        return welcomed?.(effect.welcome);
      case "tell":
        return this.#setup.outlet.tell(roomId, effect.to, effect.message);
      case "dismiss":
        return this.#setup.outlet.dismiss(effect.connection, effect.code);
      case "start-grace":
        return this.#startGrace(roomId, effect);
      case "end-grace":
        return this.#catchUp(roomId, effect.peerId, effect.lost);
      case "announce":
        return this.#setup.events.emit(effect.event);
    }
  }

  #startGrace(roomId: string, absence: EffectOf<"start-grace">): void {
    const { peerId, connection } = absence;
    this.#absences.start(connection, this.#periodOf(absence), () => {
      const command = { type: "grace-expired", peerId, connection, now: Date.now() } as const;
      this.submit(roomId, command).catch((error) => this.#report("grace-expired", error));
    });
  }

  /** How long somebody keeps the place, in milliseconds. */
  #periodOf({ reason, expiresAt = Number.POSITIVE_INFINITY }: EffectOf<"start-grace">): number {
    const { gracePeriodMs, returnPeriodMs } = this.#setup;
    const renewalMs = Math.max(0, expiresAt - Date.now() + RENEWAL_MS);
    return Math.min(
      gracePeriodMs,
      renewalMs,
      reason === "left" ? returnPeriodMs : Number.POSITIVE_INFINITY,
    );
  }

  /** An absence is over: who is back gets what was said meanwhile, after the welcome. */
  #catchUp(roomId: string, peerId: string, lost: string): void {
    const held = this.#absences.end(lost);
    const member = findMember(this.#known.get(roomId), peerId);
    if (!member) return;
    for (const message of held) this.#setup.outlet.tell(roomId, [member], message);
  }

  #report(what: Command["type"] | Effect["type"], error: unknown): void {
    this.#setup.logger.error(`${what} failed`, { error: describeError(error) });
  }
}
