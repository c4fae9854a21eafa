import { ProtocolError, type ServerMessage } from "@cignal/protocol";
import { AwaitQueue } from "awaitqueue";
import type { RoomRates } from "../limits/room-rates.js";
import { describeError, trace } from "../log.js";
import type { Command, Decision } from "./command.js";
import { type Answers, Delivery, type DeliverySetup } from "./delivery.js";
import { serverClosing } from "./dismissals.js";
import { KnownRooms } from "./known-rooms.js";
import { NodeLease } from "./node-lease.js";
import { isFact, Repairs, undoOf } from "./repairs.js";
import { decide } from "./room.js";
import { findMember, type Member, type Room } from "./room-state.js";
import type { CommitResult, RoomStore } from "./room-store.js";
import { fromStore, StoreFailure } from "./store-failure.js";
import { takeOverNode } from "./take-over.js";

/** How often a decision is made again because somebody else was faster, until something must be wrong. */
const MAX_ATTEMPTS = 16;

const tooMuchWaits = () =>
  new ProtocolError(
    "rate-limited",
    "They are cut off, and enough is waiting for them. Try again in a moment.",
    undefined,
    1_000,
  );

/**
 * What became of a command. A `ProtocolError` says why it was refused; what is postponed has happened, and the store is
 * told when it answers again.
 */
export type Outcome = "changed" | "unchanged" | "postponed" | ProtocolError;

/** A room as a decision is made on it, and whether it was read in the store or is only expected to be like that. */
interface Seen {
  readonly room: Room | undefined;
  readonly isRead: boolean;
}

export interface RoomsSetup extends DeliverySetup {
  readonly store: RoomStore;
  /** Names this node among those that share the store. */
  readonly node: string;
  readonly capacity: number;
  readonly roomRates: RoomRates;
  readonly gracePeriodMs: number;
  readonly returnPeriodMs: number;
  /** Is told of each change of a room. */
  readonly changed?: (roomId: string, room: Room | undefined) => void;
}

/** Takes what happens to rooms, in order for each room: load, decide, commit, deliver. */
export class Rooms {
  readonly #setup: RoomsSetup;
  readonly #delivery: Delivery;
  /** A queue for each room that is busy; idle rooms have none. */
  readonly #queues = new Map<string, AwaitQueue>();
  readonly #known: KnownRooms;
  readonly #repairs: Repairs;
  readonly #lease: NodeLease | undefined;
  #state: "open" | "closing" = "open";

  constructor(setup: RoomsSetup) {
    this.#setup = setup;
    const { store, node, outlet, logger, roomRates } = setup;
    this.#delivery = new Delivery(setup, (roomId, command) => this.submit(roomId, command));
    const isHere = (connection: string) => outlet.isHere(connection);
    const forget = (roomId: string) => roomRates.forget(roomId);
    this.#known = new KnownRooms(store, node, isHere, forget);
    const repair = (roomId: string) => this.#inTurn(roomId, "repair", () => this.#settle(roomId));
    this.#repairs = new Repairs(repair, (error) => this.#report("repair", error));
    const { leases } = store;
    if (!leases) return;
    const lost = () => this.#repairs.restore(this.#known.ids());
    const takeOver = (from: string) => takeOverNode(from, this, { store, leases, node });
    this.#lease = new NodeLease({ leases, node, logger, lost, takeOver });
    this.#lease.start();
  }

  /** The room as this node knows it, without waiting for what is queued. */
  known(roomId: string): Room | undefined {
    return this.#known.get(roomId);
  }

  /**
   * Whether what this node knows of a member must hold: it is connected here. Whoever is elsewhere may have come, gone or
   * moved without this node's hearing of it.
   */
  isCertain(roomId: string, peerId: string): boolean {
    if (!this.areShared) return true;
    const presence = findMember(this.#known.get(roomId), peerId)?.presence;
    return presence?.state === "connected" && this.#setup.outlet.isHere(presence.connection);
  }

  /** Whether other nodes have the same rooms. */
  get areShared(): boolean {
    return this.#lease !== undefined;
  }

  /** The room as the store has it. */
  look(roomId: string): Promise<Room | undefined> {
    return fromStore(() => this.#setup.store.load(roomId));
  }

  /** Resolves when the room is known as the store has it, or the store has failed. Never rejects. */
  refresh(roomId: string): Promise<void> {
    return this.areShared ? this.#known.refresh(roomId) : Promise.resolve();
  }

  /**
   * Queues a command behind the others of its room. Other rooms never wait for it.
   *
   * @param answers - for `join`: what its own connection is told once it is committed, before anybody else
   * @throws StoreFailure if the store has failed, and it is no fact that can be told later
   */
  async submit(roomId: string, command: Command, answers: Answers = {}): Promise<Outcome> {
    return this.#inTurn(roomId, command.type, () => this.#perform(roomId, command, answers));
  }

  async #inTurn<Result>(
    roomId: string,
    name: string,
    task: () => Promise<Result>,
  ): Promise<Result> {
    const queue = this.#queues.get(roomId) ?? new AwaitQueue();
    this.#queues.set(roomId, queue);
    try {
      return await queue.push(task, name);
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
    // What is said to somebody who is away elsewhere is lost here, and the sender's client says it again (D4).
    else if (presence.node !== this.#setup.node) return undefined;
    else if (!this.#delivery.hold(presence.lost, message)) return tooMuchWaits();
    return undefined;
  }

  /** Closes every room of this node, or sends its members to other nodes, and lets nobody in any more. */
  async close(): Promise<void> {
    this.#state = "closing";
    const roomIds = new Set([...this.#known.ids(), ...this.#queues.keys()]);
    const command = this.#lease
      ? ({ type: "evacuate" } as const)
      : ({ type: "close", code: "server-closing" } as const);
    const closings = [...roomIds].map((roomId) => this.submit(roomId, command));
    for (const closing of await Promise.allSettled(closings)) {
      if (closing.status === "rejected") this.#report(command.type, closing.reason);
    }
    this.#repairs.stop();
    this.#delivery.stop();
    await this.#lease?.stop();
  }

  async #perform(roomId: string, command: Command, answers: Answers): Promise<Outcome> {
    if (this.#state === "closing" && command.type === "join") {
      return serverClosing();
    }
    try {
      // Nobody enters over a node that does not count as alive: no other one would free the place. And one that no longer
      // does looks first whether its members still are where it left them.
      await this.#lease?.held();
      await this.#settle(roomId);
      return await this.#apply(roomId, this.#prepared(command), answers);
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      this.#lease?.doubt();
      if (!isFact(command)) throw error;
      this.#report(command.type, error);
      this.#repairs.add(roomId, command);
      return "postponed";
    }
  }

  #prepared(command: Command): Command {
    if (command.type !== "join") return command;
    const mayNotOpen = command.mayNotOpen ?? this.#lease?.mayNotOpen();
    return mayNotOpen ? { ...command, mayNotOpen } : command;
  }

  async #apply(roomId: string, command: Command, answers: Answers = {}): Promise<Outcome> {
    const { node, gracePeriodMs, returnPeriodMs } = this.#setup;
    let seen = this.#expected(roomId, command) ?? (await this.#read(roomId));
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { room } = seen;
      if (!room && command.type !== "restore" && (await this.#wasLost(roomId))) {
        await this.#restore(roomId);
        seen = await this.#read(roomId);
        continue;
      }
      const here = { node, now: Date.now(), gracePeriodMs, returnPeriodMs };
      // While a room is restored its members seem to be gone.
      const isWhole = command.type !== "restore";
      const missed = room && isWhole ? this.#known.missed(room) : [];
      // So that each message of what was missed has a revision of its own, before that of the decision.
      const raised =
        room && missed.length > 0 ? { ...room, revision: room.revision + missed.length } : room;
      const decision = decide(raised, command, here);
      const isRefused = decision instanceof ProtocolError;
      if (!seen.isRead && (isRefused || decision.room === raised)) {
        seen = await this.#read(roomId);
        continue;
      }
      if (isRefused) return decision;
      if (decision.room === raised) {
        if (room) this.#known.learn(room);
        else this.#known.forget(roomId);
        return "unchanged";
      }
      const commit = await this.#commit(roomId, room, command, decision);
      if (commit.done) {
        trace.rooms("%s %s", roomId, command.type);
        this.#setup.logger.debug?.("a room has changed", { roomId, command: command.type });
        const local = this.#known.membersHere(roomId);
        if (decision.room) this.#known.write(decision.room);
        else this.#known.forget(roomId);
        if (isWhole) this.#known.tell(roomId);
        for (const message of missed) this.#setup.outlet.tell(roomId, local, message);
        this.#delivery.deliver(roomId, decision.room, decision.effects, answers);
        this.#setup.changed?.(roomId, decision.room);
        return "changed";
      }
      seen = { room: commit.room, isRead: true };
    }
    throw new StoreFailure(new Error(`it refused ${MAX_ATTEMPTS} commits in a row`));
  }

  async #read(roomId: string): Promise<Seen> {
    return { room: await this.look(roomId), isRead: true };
  }

  /**
   * What a room should be like, so that it need not be read first: as this node knows it, or not there, if somebody enters.
   * If it is otherwise, the commit says so.
   */
  #expected(roomId: string, { type }: Command): Seen | undefined {
    if (!this.areShared || type === "restore") return undefined;
    const room = this.#known.get(roomId);
    return room || type === "join" ? { room, isRead: false } : undefined;
  }

  async #commit(
    roomId: string,
    room: Room | undefined,
    command: Command,
    { room: next, effects }: Decision,
  ): Promise<CommitResult> {
    const { store } = this.#setup;
    try {
      return await fromStore(() => store.commit(roomId, room?.revision ?? 0, next));
    } catch (error) {
      // The store may have done it, or do it yet, for somebody who is told that it has not.
      if (command.type === "join") this.#repairs.add(roomId, undoOf(command, effects));
      throw error;
    }
  }

  /** Whether a room that this node knows is not in the store because the store has lost it. */
  async #wasLost(roomId: string): Promise<boolean> {
    if (!this.#lease || !this.#known.get(roomId)) return false;
    await this.#lease.renew();
    return this.#repairs.isLost(roomId);
  }

  /** Makes good what could not be done while the store was away, before anything else happens in a room. */
  #settle(roomId: string): Promise<void> {
    return this.#repairs.settle(roomId, {
      restore: () => this.#restore(roomId),
      tell: (fact) => this.#apply(roomId, fact),
    });
  }

  async #restore(roomId: string): Promise<void> {
    const { outlet, capacity } = this.#setup;
    const known = this.#known.get(roomId);
    const isHere = (connection: string) => outlet.isHere(connection);
    if (known) await this.#apply(roomId, { type: "restore", known, isHere, capacity });
  }

  #report(what: Command["type"] | "repair", error: unknown): void {
    this.#setup.logger.error(`${what} failed`, { error: describeError(error) });
  }
}
