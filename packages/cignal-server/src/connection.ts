import {
  type ClientMessage,
  clientMessages,
  ProtocolError,
  parseNamed,
  type ServerMessages,
  type ServerMessageType,
} from "@cignal/protocol";
import { ConnectionNews } from "./connection-news.js";
import type { ServerEventEmitter } from "./events/server-events.js";
import { forgetRecovery } from "./forget-recovery.js";
import { onGoingAway } from "./going-away.js";
import { actorOf, examine, type Guest, type Inquirer } from "./handshake.js";
import type { IceServers, PeerIceServers } from "./ice/ice-servers.js";
import { joinCommand } from "./join-command.js";
import type { AddressLimits, Visit } from "./limits/address-limits.js";
import { closeIfClogged } from "./limits/backlog.js";
import { RateLimit } from "./limits/rate-limit.js";
import { trace } from "./log.js";
import { Membership, type MembershipSetup, type Refusal } from "./membership.js";
import type { Options } from "./options.js";
import { address } from "./outlet.js";
import { notJoined, refusalFor } from "./refusals.js";
import { type Reply, unpack } from "./reply.js";
import { createResumeToken } from "./resume-token.js";
import { admit } from "./resumes.js";
import type { Welcome } from "./rooms/command.js";
import { Silence } from "./silence.js";
import type { ServerSocket } from "./socket-io.js";

/** What all connections of a server share. */
export interface ConnectionSetup extends MembershipSetup {
  readonly options: Options;
  readonly events: ServerEventEmitter;
  readonly addressLimits: AddressLimits;
  /** For rooms without a list of their own (C3). */
  readonly iceServers: IceServers;
  /** Those that are open. */
  readonly connections: Set<Connection>;
  /** Why nobody may open a room now. */
  readonly noNewRooms: () => ProtocolError | undefined;
}

type State =
  /** Neither `welcome` nor `refused` was sent yet (H2). */
  | { readonly name: "joining" }
  | { readonly name: "member"; readonly membership: Membership; readonly ice: PeerIceServers }
  /** What still arrives or completes has no effect. */
  | { readonly name: "ended" };

const ENDED: State = { name: "ended" };

const ignore = () => {};

/** One socket, from its handshake to its end. */
export class Connection {
  readonly #socket: ServerSocket;
  readonly #setup: ConnectionSetup;
  readonly #visit: Visit;
  readonly #rate: RateLimit;
  readonly #silence = new Silence();
  readonly #news: ConnectionNews;
  #state: State = { name: "joining" };
  /** Whether it resumed and was not heard of since (L5). */
  #unconfirmed = false;

  constructor(socket: ServerSocket, setup: ConnectionSetup) {
    this.#socket = socket;
    this.#setup = setup;
    this.#news = new ConnectionNews(socket.id, setup);
    this.#visit = setup.addressLimits.visit(socket.handshake);
    this.#rate = new RateLimit(setup.options.limits);
    setup.connections.add(this);
    socket.on("disconnect", (reason) => this.#disconnected(reason));
    // A client may send an event of this name, and Node throws one that nobody listens to.
    socket.on("error", ignore);
    socket.onAny((type, ...args) => this.#received(type, args));
    onGoingAway(socket, () => {
      if (this.#state.name === "member") this.#state.membership.setGoingAway(true);
    });
  }

  get isMember(): boolean {
    return this.#state.name === "member";
  }

  /** Reads the handshake and answers it. Never rejects. */
  async open(): Promise<void> {
    try {
      forgetRecovery(this.#socket);
      const { rooms, options, logger } = this.#setup;
      const handshake = { ...this.#socket.handshake, address: this.#visit.address };
      const turnedAway = await admit(handshake.auth, rooms, this.#visit);
      const guest = turnedAway ?? (await examine(handshake, options, logger));
      if (guest instanceof ProtocolError) this.refuse(guest);
      else if (this.#state.name !== "joining") return;
      else if ("check" in guest) await this.#checked(guest);
      else await this.#join(guest);
    } catch (error) {
      this.#news.failed("joining failed", error);
      this.refuse(refusalFor(error));
    }
  }

  /** Answers with `refused` if nothing was answered yet, and closes the socket (H4). */
  refuse(error: ProtocolError): void {
    if (this.#state.name !== "joining") return;
    this.#state = ENDED;
    this.#send("refused", error.toWire());
    this.#socket.disconnect();
    this.#news.refused(error);
  }

  /** Closes the socket, whose membership must have ended before. */
  close(): void {
    if (this.#state.name === "ended") return;
    this.#state = ENDED;
    this.#socket.disconnect();
  }

  /** Looks after a member, each second: does it listen (M6), is it there (K2), may it stay (L8), is its ICE good (C3)? */
  check(): void {
    if (this.#state.name !== "member") return;
    closeIfClogged(this.#socket);
    if (this.#silence.goesOn()) {
      trace.connection("a socket was silent");
      // Only this socket: its transport may carry other namespaces. `disconnect` follows, and counts as a loss.
      this.#socket.disconnect();
    } else if (this.#state.membership.hasExpired) {
      this.#settle(this.#state.membership.expire());
    } else if (this.#state.ice.isDue()) {
      void this.renewIceServers();
    }
  }

  /** Sends a member ICE servers anew, unless those of its room hold (C2). Never rejects. */
  async renewIceServers(): Promise<void> {
    const state = this.#state;
    if (state.name !== "member") return;
    if (await state.membership.hasOwnIceServers()) return;
    await state.ice.ask();
    if ((await state.membership.hasOwnIceServers()) || this.#state !== state) return;
    this.#send("ice-servers", { iceServers: state.ice.list() });
  }

  /** Tells what a member would be told, without making one (H7). */
  async #checked({ protocol, actor }: Inquirer): Promise<void> {
    const ice = this.#setup.iceServers.of(actor);
    await ice.ask();
    if (this.#state.name !== "joining") return;
    this.#state = ENDED;
    this.#send("checked", { protocol, iceServers: ice.list() });
    this.#socket.disconnect();
    this.#news.answered("checked");
  }

  async #join(guest: Guest): Promise<void> {
    const { roomId, peer, standing } = guest;
    this.#news.isAbout({ roomId, peerId: peer.id });
    const ice = this.#setup.iceServers.of(actorOf(roomId, peer, standing));
    await ice.ask();
    if (this.#state.name !== "joining") return;
    const newToken = createResumeToken();
    const mayNotOpen = this.#setup.noNewRooms() ?? (await this.#visit.takeRoom());
    let opened = false;
    const outcome = await this.#setup.rooms.submit(
      roomId,
      joinCommand(guest, newToken, {
        connection: this.#socket.id,
        capacity: this.#setup.options.capacity,
        ...(mayNotOpen && { mayNotOpen }),
      }),
      (welcome) => {
        opened = !welcome.resumed && welcome.peers.length === 0;
        this.#welcomed(guest, welcome, newToken, ice);
      },
    );
    if (!opened) this.#visit.returnRoom();
    if (outcome instanceof ProtocolError) this.refuse(outcome);
  }

  #welcomed(
    { roomId, protocol, standing }: Guest,
    { you, peers, revision, iceServers, resumed }: Welcome,
    resumeToken: string,
    ice: PeerIceServers,
  ): void {
    const actor = actorOf(roomId, you, standing);
    const membership = new Membership(actor, standing, this.#socket.id, this.#setup);
    if (this.#state.name !== "joining") {
      // The socket died in the queue. Only who resumed has a token to come back with.
      this.#settle(resumed ? membership.loseConnection() : membership.leave());
      return;
    }
    this.#state = { name: "member", membership, ice };
    this.#unconfirmed = resumed;
    this.#socket.join(address(roomId, you.id));
    this.#send("welcome", {
      protocol,
      roomId,
      you,
      peers: [...peers],
      revision,
      iceServers: iceServers ? [...iceServers] : ice.list(),
      resumeToken,
      gracePeriodMs: this.#setup.options.gracePeriodMs,
      resumed,
    });
    this.#news.answered(resumed ? "resumed" : "joined");
  }

  /** The one door for messages, after the one for handshakes. Never throws. */
  #received(type: unknown, args: readonly unknown[]): void {
    const state = this.#state;
    if (state.name === "ended") return;
    this.#silence.end();
    const { payload, reply } = unpack(
      args,
      (error) => this.#send("error", error.toWire()),
      (error) => this.#news.messageRefused(error),
    );
    try {
      const exceeded = this.#rate.take();
      if (exceeded) return reply(exceeded);
      if (state.name === "joining") return reply(notJoined());
      this.#confirm(state.membership);
      const message = parseNamed(clientMessages, String(type), payload);
      if (message instanceof ProtocolError) return reply(message);
      this.#news.messageReceived(message.type);
      this.#dispatch(state.membership, message, reply);
    } catch (error) {
      this.#news.failed("a message failed", error);
      reply(refusalFor(error));
    }
  }

  /** Whatever it has sent, it has its welcome, and the new token with it (L5). */
  #confirm(membership: Membership): void {
    if (!this.#unconfirmed) return;
    this.#unconfirmed = false;
    this.#settle(membership.confirm());
  }

  #dispatch(membership: Membership, message: ClientMessage, reply: Reply): void {
    switch (message.type) {
      case "signal": {
        const passed = membership.signal(message.payload);
        if (passed instanceof Promise) void this.#replyLater(reply, message.type, passed);
        else reply(passed);
        return;
      }
      case "beat":
        membership.setGoingAway(false);
        return reply();
      case "away":
        membership.setGoingAway(true);
        return reply();
      case "set-ice-servers":
        void this.#replyLater(reply, message.type, membership.setIceServers(message.payload));
        return;
      case "leave":
        void this.#replyLater(reply, message.type, membership.leave(), () => this.close());
    }
  }

  /** Never rejects. `done` is what follows the reply if nothing failed. */
  async #replyLater(
    reply: Reply,
    type: ClientMessage["type"],
    outcome: Promise<Refusal>,
    done: () => void = ignore,
  ): Promise<void> {
    try {
      reply(await outcome);
      done();
    } catch (error) {
      this.#news.failed(`${type} failed`, error);
      reply(refusalFor(error));
    }
  }

  #disconnected(reason: string): void {
    this.#setup.connections.delete(this);
    this.#visit.end();
    const state = this.#state;
    this.#state = ENDED;
    if (state.name !== "member") return;
    // Also after the server closed the socket: if the membership has ended, this changes nothing any more.
    const onPurpose = reason === "client namespace disconnect";
    this.#settle(onPurpose ? state.membership.leave() : state.membership.loseConnection());
  }

  #settle(update: Promise<void>): void {
    update.catch((error) => this.#news.failed("a membership could not be updated", error));
  }

  #send<Type extends ServerMessageType>(type: Type, payload: ServerMessages[Type]): void {
    this.#socket.emit(type, payload);
  }
}
