import {
  clientMessages,
  type PlaceMessages,
  ProtocolError,
  parseNamed,
  type ServerMessages,
  type WaitingReason,
} from "@cignal/protocol";
import { refusal } from "../access/ask-hooks.js";
import type { PeerIceServers } from "../ice/ice-servers.js";
import type { Visit } from "../limits/address-limits.js";
import { closeIfClogged } from "../limits/backlog.js";
import { RateLimit } from "../limits/rate-limit.js";
import { trace } from "../log.js";
import { address } from "../outlet.js";
import type { Welcome } from "../rooms/command.js";
import { DISMISSALS } from "../rooms/dismissals.js";
import { isExpired, type Standing } from "../rooms/room-state.js";
import type { ServerSocket } from "../socket-io.js";
import { ConnectionNews } from "./connection-news.js";
import type { ConnectionSetup } from "./connection-setup.js";
import { answerOutsider, dispatch } from "./dispatch.js";
import { Entrance } from "./entrance.js";
import { forgetRecovery } from "./forget-recovery.js";
import { onGoingAway } from "./going-away.js";
import { actorOf, examine, type Guest, type Inquirer, type Watcher } from "./handshake.js";
import { Membership } from "./membership.js";
import { presenceOf } from "./presence.js";
import { refusalFor } from "./refusals.js";
import { unpack } from "./reply.js";
import { admit } from "./resumes.js";
import { Silence } from "./silence.js";

interface Setup extends ConnectionSetup {
  /** Those that are open. */
  readonly connections: Set<Connection>;
}

type State =
  /** Nothing was sent yet (H2). */
  | { readonly name: "joining" }
  /** Somebody else must see to it first (O4, O5). */
  | { readonly name: "waiting"; readonly roomId: string; readonly standing: Standing | undefined }
  /** Is told how the room is, without entering it (O10). */
  | { readonly name: "watching"; readonly standing: Standing | undefined }
  | { readonly name: "member"; readonly membership: Membership; readonly ice: PeerIceServers }
  /** What still arrives or completes has no effect. */
  | { readonly name: "ended" };

type Sent = ServerMessages & PlaceMessages;

const ENDED: State = { name: "ended" };

const ignore = () => {};

/** One socket, from its handshake to its end. */
export class Connection {
  readonly #socket: ServerSocket;
  readonly #setup: Setup;
  readonly #visit: Visit;
  readonly #rate: RateLimit;
  readonly #silence = new Silence();
  readonly #news: ConnectionNews;
  #state: State = { name: "joining" };
  /** Whether it resumed and was not heard of since (L5). */
  #unconfirmed = false;

  constructor(socket: ServerSocket, setup: Setup) {
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
      else if ("watch" in guest) await this.#watch(guest);
      else await this.#join(guest);
    } catch (error) {
      this.failed("joining failed", error);
      this.refuse(refusalFor(error));
    }
  }

  /** Answers with `refused` whoever is no member, and closes the socket (H4). */
  refuse(error: ProtocolError): void {
    const state = this.#state;
    if (state.name === "member" || state.name === "ended") return;
    this.#state = ENDED;
    if (state.name === "waiting") this.#stopWaiting(state.roomId);
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

  /** Closes the socket of whoever has just ended the room, and tells why (O6). */
  closeEnded(): void {
    this.#send("closed", { code: "room-ended", ...DISMISSALS["room-ended"] });
    this.close();
  }

  /** Something went wrong in the server. */
  failed(what: string, error: unknown): void {
    this.#news.failed(what, error);
  }

  /** Looks after it, each second: does it listen (M6), is it there (K2), may it stay (L8), is its ICE good (C3)? */
  check(): void {
    if (this.#state.name === "joining" || this.#state.name === "ended") return;
    closeIfClogged(this.#socket);
    if (this.#silence.goesOn()) {
      trace.connection("a socket was silent");
      // Only this socket: its transport may carry other namespaces. `disconnect` follows, and counts as a loss.
      this.#socket.disconnect();
    } else if (this.#state.name !== "member") {
      if (isExpired(this.#state.standing, Date.now())) this.refuse(refusal("token-expired"));
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
    const entrance: Entrance = new Entrance(guest, ice, this.#setup, {
      connection: this.#socket.id,
      visit: this.#visit,
      welcomed: (welcome) => this.#welcomed(entrance, welcome),
      waits: (reason) => this.#waits(entrance, reason),
    });
    const refused = await entrance.comeFirst();
    if (refused) this.refuse(refused);
  }

  #waits(entrance: Entrance, reason: WaitingReason): void {
    const { name } = this.#state;
    const { roomId, standing } = entrance.guest;
    if (name !== "joining" && name !== "waiting") return this.#stopWaiting(roomId);
    this.#state = { name: "waiting", roomId, standing };
    this.#setup.callIns.add(this.#socket.id, () => void this.#calledIn(entrance));
    this.#send("waiting", { reason });
    if (name === "joining") this.#news.answered("waiting");
  }

  /** Never rejects. */
  async #calledIn(entrance: Entrance): Promise<void> {
    try {
      const refused = await entrance.comeAgain();
      if (refused) this.refuse(refused);
    } catch (error) {
      this.failed("joining failed", error);
      this.refuse(refusalFor(error));
    }
  }

  #stopWaiting(roomId: string): void {
    const connection = this.#socket.id;
    this.#setup.callIns.delete(connection);
    this.#settle(this.#setup.rooms.submit(roomId, { type: "stop-waiting", connection }));
  }

  async #watch({ roomId, standing }: Watcher): Promise<void> {
    this.#state = { name: "watching", standing };
    // First, so that no change falls between; what is told twice has its revision.
    this.#setup.board.add(roomId, this.#socket);
    const room = await this.#setup.rooms.look(roomId);
    this.#send("presence", presenceOf(room, this.#setup.options));
    this.#news.answered("watching");
  }

  #welcomed(entrance: Entrance, welcome: Welcome): void {
    const { roomId, standing } = entrance.guest;
    const { you, resumed } = welcome;
    const actor = actorOf(roomId, you, standing);
    const membership = new Membership(actor, standing, this.#socket.id, this.#setup);
    const { name } = this.#state;
    if (name !== "joining" && name !== "waiting") {
      // The socket died in the queue. Only who resumed has a token to come back with.
      this.#settle(resumed ? membership.loseConnection() : membership.leave());
      return;
    }
    this.#setup.callIns.delete(this.#socket.id);
    this.#state = { name: "member", membership, ice: entrance.ice };
    this.#unconfirmed = resumed;
    // Other nodes reach it there; this one has its socket.
    if (this.#setup.rooms.areShared) this.#socket.join(address(roomId, you.id));
    this.#send("welcome", entrance.message(welcome));
    if (name === "joining") this.#news.answered(resumed ? "resumed" : "joined");
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
      if (state.name !== "member") {
        const mayStay = state.name !== "joining";
        return answerOutsider(type, mayStay, reply, () => this.#socket.disconnect());
      }
      this.#confirm(state.membership);
      const message = parseNamed(clientMessages, String(type), payload);
      if (message instanceof ProtocolError) return reply(message);
      this.#news.messageReceived(message.type);
      dispatch(state.membership, message, reply, this);
    } catch (error) {
      this.failed("a message failed", error);
      reply(refusalFor(error));
    }
  }

  /** Whatever it has sent, it has its welcome, and the new token with it (L5). */
  #confirm(membership: Membership): void {
    if (!this.#unconfirmed) return;
    this.#unconfirmed = false;
    this.#settle(membership.confirm());
  }

  #disconnected(reason: string): void {
    this.#setup.connections.delete(this);
    this.#visit.end();
    const state = this.#state;
    if (state.name === "waiting") this.#stopWaiting(state.roomId);
    this.#state = ENDED;
    if (state.name !== "member") return;
    // Also after the server closed the socket: if the membership has ended, this changes nothing any more.
    const onPurpose = reason === "client namespace disconnect";
    this.#settle(onPurpose ? state.membership.leave() : state.membership.loseConnection());
  }

  #settle(update: Promise<unknown>): void {
    update.catch((error) => this.failed("a membership could not be updated", error));
  }

  #send<Type extends keyof Sent>(type: Type, payload: Sent[Type]): void {
    this.#socket.emit(type, payload);
  }
}
