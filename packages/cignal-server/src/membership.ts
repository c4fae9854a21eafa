import { type ClientMessages, type Envelope, ProtocolError } from "@cignal/protocol";
import { type AskingSetup, permit } from "./ask-hooks.js";
import type { Action, Actor, Authorize } from "./hooks.js";
import { relayOnlyEnvelope } from "./ice/relay-only.js";
import { trace } from "./log.js";
import {
  type AbsenceReason,
  findMember,
  isConnectedBy,
  isExpired,
  type Member,
  type Standing,
} from "./rooms/room-state.js";
import type { Rooms } from "./rooms/rooms.js";

export interface MembershipSetup extends AskingSetup {
  readonly rooms: Rooms;
  readonly authorize: Authorize | undefined;
}

export type Refusal = ProtocolError | undefined;

/** What a member can ask of its room for itself. */
type OwnCommand =
  | { readonly type: "confirm" | "leave" | "expire" }
  | { readonly type: "connection-lost"; readonly reason: AbsenceReason };

/** How many messages of one connection may wait for a slow hook at most: each is kept in memory meanwhile. */
const WAITING_AT_MOST = 64;

const ignore = () => {};

const tooMuchWaits = () =>
  new ProtocolError(
    "rate-limited",
    "Enough of your messages are waiting for permission. Try again in a moment.",
    undefined,
    1_000,
  );

/** What a peer can do in its room, over one connection. Whatever is refused comes back as a `ProtocolError`. */
export class Membership {
  readonly #actor: Actor;
  readonly #standing: Standing | undefined;
  readonly #connection: string;
  readonly #setup: MembershipSetup;
  #waiting = 0;
  /** The last signal to each peer that is still looked for. */
  readonly #searches = new Map<string, Promise<void>>();
  /** Each list waits for the one before, so that a slow hook does not change their order. */
  #lastList: Promise<unknown> = Promise.resolve();
  /** Whether the client said that its page goes away, and nothing since that shows that it has not (L7). */
  #goingAway = false;

  constructor(
    actor: Actor,
    standing: Standing | undefined,
    connection: string,
    setup: MembershipSetup,
  ) {
    this.#actor = actor;
    this.#standing = standing;
    this.#connection = connection;
    this.#setup = setup;
  }

  /** Whether its room has ICE servers of its own (C2). Never rejects. */
  async hasOwnIceServers(): Promise<boolean> {
    await this.#refresh();
    return this.#setup.rooms.known(this.#actor.roomId)?.iceServers !== undefined;
  }

  /** Whether what the server knows of this peer holds no longer (L8). */
  get hasExpired(): boolean {
    return isExpired(this.#standing, Date.now());
  }

  /**
   * Passes a signal on (S1), past the queue of the room: it changes nothing there. Information must be permitted
   * before (I2); everything else is passed on at once.
   */
  signal(signal: ClientMessages["signal"]): Refusal | Promise<Refusal> {
    const asks = this.#setup.authorize && signal.envelope.message?.type === "information";
    if (!asks) return this.#find(signal);
    return this.#wait(async () => (await this.#forbidden("inform")) ?? this.#find(signal));
  }

  /** Learns what other nodes have done in the room. Never rejects. */
  #refresh(): Promise<void> {
    return this.#setup.rooms.refresh(this.#actor.roomId);
  }

  /** Whoever is on this node is told at once; for the others the room is read again, each signal in its turn (S2). */
  #find(signal: ClientMessages["signal"]): Refusal | Promise<Refusal> {
    const { to } = signal;
    const { rooms } = this.#setup;
    const before = this.#searches.get(to);
    if (!before && rooms.isCertain(this.#actor.roomId, to)) return this.#pass(signal);
    return this.#wait(() => {
      const passed = Promise.all([this.#refresh(), before]).then(() => this.#pass(signal));
      const ended = passed.then(ignore, ignore).then(() => {
        if (this.#searches.get(to) === ended) this.#searches.delete(to);
      });
      this.#searches.set(to, ended);
      return passed;
    });
  }

  /** Replaces the list of the room (C2). */
  setIceServers(list: ClientMessages["set-ice-servers"]): Promise<Refusal> {
    return this.#wait(() => {
      const done = this.#lastList.then(
        async () => (await this.#forbidden("set-ice-servers")) ?? (await this.#replaceList(list)),
      );
      this.#lastList = done.catch(ignore);
      return done;
    });
  }

  /** The page goes away (L7), or did not after all. No more than a note until the connection is lost. */
  setGoingAway(goingAway: boolean): void {
    this.#goingAway = goingAway;
  }

  /** The client has its welcome, so the token before this one is void (L5). */
  async confirm(): Promise<void> {
    await this.#submit({ type: "confirm" });
  }

  /** Ends the membership (L1). */
  async leave(): Promise<undefined> {
    await this.#submit({ type: "leave" });
  }

  /** Starts the grace period (L3), or the return period (L7). */
  async loseConnection(): Promise<void> {
    const reason = this.#goingAway ? "left" : "timeout";
    await this.#submit({ type: "connection-lost", reason });
  }

  /** Closes the connection; only something newer lets the peer come back (L8). */
  async expire(): Promise<void> {
    await this.#submit({ type: "expire" });
  }

  async #replaceList({ iceServers }: ClientMessages["set-ice-servers"]): Promise<Refusal> {
    const { roomId, id: peerId } = this.#actor;
    const by = { peerId, connection: this.#connection };
    const command = { type: "set-ice-servers", iceServers, by } as const;
    const outcome = await this.#setup.rooms.submit(roomId, command);
    return outcome instanceof ProtocolError ? outcome : undefined;
  }

  async #submit(command: OwnCommand): Promise<void> {
    const { roomId, id: peerId } = this.#actor;
    const sender = { peerId, connection: this.#connection };
    await this.#setup.rooms.submit(roomId, { ...command, ...sender });
  }

  async #wait(task: () => Promise<Refusal>): Promise<Refusal> {
    if (this.#waiting >= WAITING_AT_MOST) return tooMuchWaits();
    this.#waiting++;
    try {
      return await task();
    } finally {
      this.#waiting--;
    }
  }

  async #forbidden(action: Action): Promise<Refusal> {
    const { authorize } = this.#setup;
    if (!authorize) return undefined;
    const forbidden = `The server does not let you do this: ${action}.`;
    return permit(() => authorize(this.#actor, action), forbidden, this.#setup);
  }

  #pass({ to, envelope }: ClientMessages["signal"]): Refusal {
    const { roomId, id: from } = this.#actor;
    const addressed = this.#addressed(to);
    if (addressed instanceof ProtocolError) return addressed;
    const { sender, receiver } = addressed;
    trace.connection("%s: %s from %s to %s", roomId, nameOf(envelope), from, to);
    // As the room has it: who resumes may have asked for it only now (C5).
    const isPrivate = sender.peer.relayOnly || receiver.peer.relayOnly;
    const passed = isPrivate ? relayOnlyEnvelope(envelope) : envelope;
    const payload = { from, envelope: passed };
    return this.#setup.rooms.tell(roomId, receiver, { type: "signal", payload });
  }

  /** Who in the own room says it, and whom `to` names there (S2). */
  #addressed(to: string): { sender: Member; receiver: Member } | ProtocolError {
    const { roomId, id } = this.#actor;
    const room = this.#setup.rooms.known(roomId);
    const sender = findMember(room, id);
    if (!sender || !isConnectedBy(sender, this.#connection)) {
      return new ProtocolError("not-joined", "You are no longer in the room. Enter it again.");
    }
    const receiver = to === id ? undefined : findMember(room, to);
    return receiver
      ? { sender, receiver }
      : new ProtocolError("no-such-peer", "Nobody else in the room has this id.", "to");
  }
}

const nameOf = ({ message }: Envelope) => message?.type ?? "acknowledgement";
