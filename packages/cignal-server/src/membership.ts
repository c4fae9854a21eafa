import {
  type ClientMessage,
  type ClientMessages,
  ProtocolError,
  type ServerMessage,
} from "@cignal/protocol";
import { type Action, type Actor, type Authorize, allows } from "./hooks.js";
import { trace } from "./log.js";
import { findMember, isConnectedBy, type Member, othersThan } from "./rooms/room-state.js";
import type { Rooms } from "./rooms/rooms.js";

/** A message whose answer the sender waits for (W2). */
export type Request = Exclude<ClientMessage, { type: "signal" }>;

export interface MembershipSetup {
  readonly rooms: Rooms;
  readonly authorize: Authorize | undefined;
}

/** What a peer can do in its room, over one connection. Whatever is refused comes back as a `ProtocolError`. */
export class Membership {
  readonly #actor: Actor;
  readonly #connection: string;
  readonly #setup: MembershipSetup;

  constructor(actor: Actor, connection: string, setup: MembershipSetup) {
    this.#actor = actor;
    this.#connection = connection;
    this.#setup = setup;
  }

  /** Passes a signal on (S1), past the queue of the room: it changes nothing there. */
  signal({ to, message }: ClientMessages["signal"]): ProtocolError | undefined {
    const addressed = this.#addressed(to);
    if (addressed instanceof ProtocolError) return addressed;
    const { roomId, id: from } = this.#actor;
    trace.connection("%s: %s from %s to %s", roomId, message.type, from, to);
    return this.#tell(addressed, { type: "signal", payload: { from, message } });
  }

  async perform({ type, payload }: Request): Promise<ProtocolError | undefined> {
    switch (type) {
      case "inform":
        return (await this.#forbidden(type)) ?? this.#inform(payload);
      case "set-ice-servers":
        return (await this.#forbidden(type)) ?? (await this.#setIceServers(payload));
      case "leave":
        await this.leave();
        return undefined;
    }
  }

  /** Ends the membership (L1). */
  async leave(): Promise<void> {
    await this.#submit("leave");
  }

  /** Starts the grace period (L3). */
  async loseConnection(): Promise<void> {
    await this.#submit("connection-lost");
  }

  async #submit(type: "leave" | "connection-lost"): Promise<void> {
    const { roomId, id: peerId } = this.#actor;
    await this.#setup.rooms.submit(roomId, { type, peerId, connection: this.#connection });
  }

  #inform({ to, data }: ClientMessages["inform"]): ProtocolError | undefined {
    const addressed = this.#addressed(to);
    if (addressed instanceof ProtocolError) return addressed;
    const { id: from } = this.#actor;
    return this.#tell(addressed, { type: "information", payload: { from, data } });
  }

  async #setIceServers({
    iceServers,
  }: ClientMessages["set-ice-servers"]): Promise<ProtocolError | undefined> {
    const { roomId, id: peerId } = this.#actor;
    const by = { peerId, connection: this.#connection };
    const command = { type: "set-ice-servers", iceServers, by } as const;
    const outcome = await this.#setup.rooms.submit(roomId, command);
    return outcome instanceof ProtocolError ? outcome : undefined;
  }

  async #forbidden(action: Action): Promise<ProtocolError | undefined> {
    const { authorize } = this.#setup;
    if (!authorize || (await allows(() => authorize(this.#actor, action)))) return undefined;
    return new ProtocolError("forbidden", `The server does not let you do this: ${action}.`);
  }

  #tell(members: readonly Member[], message: ServerMessage): ProtocolError | undefined {
    const outcome = this.#setup.rooms.tell(this.#actor.roomId, members, message);
    return outcome instanceof ProtocolError ? outcome : undefined;
  }

  /** Whom `to` names in the own room, which is everybody else if it names nobody (S2, I1). */
  #addressed(to: string | undefined): readonly Member[] | ProtocolError {
    const { roomId, id } = this.#actor;
    const room = this.#setup.rooms.known(roomId);
    const self = findMember(room, id);
    if (!self || !isConnectedBy(self, this.#connection)) {
      return new ProtocolError("not-joined", "You are no longer in the room. Enter it again.");
    }
    const others = othersThan(room, id);
    if (to === undefined) return others;
    const addressed = others.filter(({ peer }) => peer.id === to);
    return addressed.length > 0
      ? addressed
      : new ProtocolError("no-such-peer", "Nobody else in the room has this id.", "to");
  }
}
