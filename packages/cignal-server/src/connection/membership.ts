import {
  type ClientMessage,
  type ClientMessages,
  type Envelope,
  type PlaceRequestType,
  ProtocolError,
} from "@cignal/protocol";
import { type AskingSetup, type Permit, permit } from "../access/ask-hooks.js";
import type { Action, Actor, Authorize } from "../access/hooks.js";
import { relayOnlyEnvelope } from "../ice/relay-only.js";
import { trace } from "../log.js";
import {
  type AbsenceReason,
  findMember,
  isConnectedBy,
  isExpired,
  isKnownAs,
  type Member,
  type Standing,
} from "../rooms/room-state.js";
import type { Rooms } from "../rooms/rooms.js";
import { onlyHosts } from "../rooms/rules/hosts.js";
import { actorOf } from "./handshake.js";
import { mayInspectorSay, onlyWatches } from "./inspectors.js";
import type { Passwords } from "./passwords.js";
import { ACTIONS, placeCommand } from "./place-command.js";

export interface MembershipSetup extends AskingSetup {
  readonly rooms: Rooms;
  readonly authorize: Authorize | undefined;
  readonly passwords: Passwords;
  /** How many people a room holds. */
  readonly capacity: number;
}

export type Refusal = ProtocolError | undefined;

/** What a member can ask of its room for itself. */
type OwnCommand =
  | { readonly type: "confirm" | "leave" | "expire" }
  | { readonly type: "connection-lost"; readonly reason: AbsenceReason };

/** What is asked of the room (O). */
type PlaceRequest = Extract<ClientMessage, { type: PlaceRequestType }>;

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
  /** Each request waits for the one before, so that a slow hook does not change their order. */
  #lastRequest: Promise<unknown> = Promise.resolve();
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
    if (isKnownAs(this.#standing, "inspector")) return this.#pass(signal);
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
    return this.#inOrder(
      async () => (await this.#forbidden("set-ice-servers")) ?? (await this.#replaceList(list)),
    );
  }

  /** What members ask of a room, and tell of themselves (O). */
  ask(message: PlaceRequest): Promise<Refusal> {
    return this.#inOrder(async () => {
      const action = ACTIONS[message.type];
      const verdict = await this.#verdict(action);
      if (verdict instanceof ProtocolError) return verdict;
      const { roomId, id: peerId } = this.#actor;
      const { passwords, capacity } = this.#setup;
      const by = { peerId, connection: this.#connection };
      const permitted = verdict === "granted";
      // A hash is not made for somebody who may not use it.
      if (message.type === "set-password" && !permitted && !this.#isHost) return onlyHosts();
      const request = { by, ...(permitted && { permitted }) };
      const command = await placeCommand(message, request, { passwords, capacity });
      if (command instanceof ProtocolError) return command;
      const outcome = await this.#setup.rooms.submit(roomId, command);
      return outcome instanceof ProtocolError ? outcome : undefined;
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

  #inOrder(task: () => Promise<Refusal>): Promise<Refusal> {
    if (isKnownAs(this.#standing, "inspector")) return Promise.resolve(onlyWatches());
    return this.#wait(() => {
      const done = this.#lastRequest.then(task);
      this.#lastRequest = done.catch(ignore);
      return done;
    });
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
    const verdict = await this.#verdict(action);
    return verdict instanceof ProtocolError ? verdict : undefined;
  }

  async #verdict(action: Action): Promise<Permit | ProtocolError> {
    const { authorize } = this.#setup;
    if (!authorize) return "allowed";
    const forbidden = `The server does not let you do this: ${action}.`;
    return permit(() => authorize(this.#actorNow, action), forbidden, this.#setup);
  }

  /** Name and host role may have changed since it came. */
  get #actorNow(): Actor {
    const { roomId, id } = this.#actor;
    const member = findMember(this.#setup.rooms.known(roomId), id);
    return member ? actorOf(roomId, member.peer, this.#standing) : this.#actor;
  }

  get #isHost(): boolean {
    return this.#actorNow.role === "host";
  }

  #pass({ to, envelope }: ClientMessages["signal"]): Refusal {
    const { roomId, id: from } = this.#actor;
    const addressed = this.#addressed(to);
    if (addressed instanceof ProtocolError) return addressed;
    const { sender, receiver } = addressed;
    if (sender.hidden || (sender.peer.inspector && !mayInspectorSay(envelope))) {
      return onlyWatches();
    }
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
    return receiver && !receiver.hidden
      ? { sender, receiver }
      : new ProtocolError("no-such-peer", "Nobody else in the room has this id.", "to");
  }
}

const nameOf = ({ message }: Envelope) => message?.type ?? "acknowledgement";
