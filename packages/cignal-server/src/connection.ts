import {
  type ClientMessage,
  clientMessages,
  type IceServer,
  ProtocolError,
  parseNamed,
  type ServerMessages,
  type ServerMessageType,
} from "@cignal/protocol";
import type { ServerEventEmitter } from "./events/server-events.js";
import { examine, type Guest } from "./handshake.js";
import { describeError, type Logger, trace } from "./log.js";
import { Membership, type MembershipSetup, type Request } from "./membership.js";
import type { Options } from "./options.js";
import { address } from "./outlet.js";
import { RateLimit } from "./rate-limit.js";
import { createResumeToken, hashResumeToken, isResumeToken } from "./resume-token.js";
import type { Welcome } from "./rooms/command.js";
import type { ServerSocket } from "./socket-io.js";

/** What all connections of a server share. */
export interface ConnectionSetup extends MembershipSetup {
  readonly options: Options;
  readonly events: ServerEventEmitter;
  readonly logger: Logger;
  /** For rooms without a list of their own (C2). */
  readonly iceServers: () => readonly IceServer[];
  /** Those that are open. */
  readonly connections: Set<Connection>;
}

type State =
  /** Neither `welcome` nor `refused` was sent yet (H2). */
  | { readonly name: "joining" }
  | { readonly name: "member"; readonly membership: Membership }
  /** What still arrives or completes has no effect. */
  | { readonly name: "ended" };

type Acknowledge = (answer: object) => void;

const JOINING: State = { name: "joining" };
const ENDED: State = { name: "ended" };
const NO_REQUEST = Promise.resolve();

const ignore = () => {};

const notJoined = () =>
  new ProtocolError("not-joined", "Messages are taken once the welcome was sent. Wait for it.");

const internalError = () =>
  new ProtocolError(
    "internal",
    "Something went wrong in the server. Try again; its log says more.",
  );

/** One socket, from its handshake to its end. */
export class Connection {
  readonly #socket: ServerSocket;
  readonly #setup: ConnectionSetup;
  readonly #rate: RateLimit;
  #state: State = JOINING;
  /** The latest request. Each waits for the one before, so that a slow hook does not change their order. */
  #lastRequest: Promise<void> = NO_REQUEST;

  constructor(socket: ServerSocket, setup: ConnectionSetup) {
    this.#socket = socket;
    this.#setup = setup;
    this.#rate = new RateLimit(setup.options.limits);
    setup.connections.add(this);
    socket.on("disconnect", (reason) => this.#disconnected(reason));
    // A client may send an event of this name, and Node throws one that nobody listens to.
    socket.on("error", ignore);
    socket.onAny((type, ...args) => this.#received(type, args));
  }

  /** Reads the handshake and answers it. Never rejects. */
  async open(): Promise<void> {
    try {
      this.#forgetRecovery();
      const guest = await examine(this.#socket.handshake, this.#setup.options);
      if (guest instanceof ProtocolError) this.refuse(guest);
      else if (this.#state.name === "joining") await this.#join(guest);
    } catch (error) {
      this.#report("joining failed", error);
      this.refuse(internalError());
    }
  }

  /** Answers with `refused` if nothing was answered yet, and closes the socket (H4). */
  refuse(error: ProtocolError, guest?: Guest): void {
    if (this.#state.name !== "joining") return;
    this.#state = ENDED;
    this.#send("refused", error.toWire());
    this.#socket.disconnect();
    const { code } = error;
    const who = guest && { roomId: guest.roomId, peerId: guest.peer.id };
    this.#setup.logger.debug?.("a handshake was refused", { code, ...who });
    this.#setup.events.emit({ name: "peerRefused", payload: { code, ...who } });
  }

  /** Closes the socket. Whatever membership it had must have ended before. */
  close(): void {
    if (this.#state.name === "ended") return;
    this.#state = ENDED;
    this.#socket.disconnect();
  }

  /** Socket.IO's connectionStateRecovery puts a socket back where it was; here, only a resume token does (L4). */
  #forgetRecovery(): void {
    for (const room of [...this.#socket.rooms]) {
      if (room !== this.#socket.id) this.#socket.leave(room);
    }
  }

  async #join(guest: Guest): Promise<void> {
    const { roomId, peer, resumeToken } = guest;
    const newToken = createResumeToken();
    const outcome = await this.#setup.rooms.submit(
      roomId,
      {
        type: "join",
        roomId,
        peer,
        connection: this.#socket.id,
        newTokenHash: hashResumeToken(newToken),
        proves: (hash) => resumeToken !== undefined && isResumeToken(resumeToken, hash),
        capacity: this.#setup.options.capacity,
        now: Date.now(),
      },
      (welcome) => this.#welcomed(guest, welcome, newToken),
    );
    if (outcome instanceof ProtocolError) this.refuse(outcome, guest);
  }

  #welcomed({ roomId, protocol, resumeToken }: Guest, welcome: Welcome, newToken: string): void {
    const { you, peers, revision, iceServers = this.#setup.iceServers(), resumed } = welcome;
    const membership = new Membership({ roomId, ...you }, this.#socket.id, this.#setup);
    if (this.#state.name !== "joining") {
      // The socket died in the queue. Only who resumed has a token to come back with.
      this.#settle(resumed ? membership.loseConnection() : membership.leave());
      return;
    }
    this.#state = { name: "member", membership };
    this.#socket.join(address(roomId, you.id));
    this.#send("welcome", {
      protocol,
      roomId,
      you,
      peers: [...peers],
      revision,
      iceServers: [...iceServers],
      resumeToken: (resumed && resumeToken) || newToken,
      resumed,
    });
  }

  /** The one door for messages, after the one for handshakes. Never throws. */
  #received(type: unknown, args: readonly unknown[]): void {
    const state = this.#state;
    if (state.name === "ended") return;
    const last = args.at(-1);
    const ack = typeof last === "function" ? (last as Acknowledge) : undefined;
    try {
      const exceeded = this.#rate.take();
      if (exceeded) return this.#answer(ack, exceeded);
      if (state.name === "joining") return this.#answer(ack, notJoined());
      const payload = args[0] === ack ? undefined : args[0];
      const message = parseNamed(clientMessages, String(type), payload);
      if (message instanceof ProtocolError) return this.#answer(ack, message);
      this.#dispatch(state.membership, message, ack);
    } catch (error) {
      this.#report("a message failed", error);
      this.#answer(ack, internalError());
    }
  }

  #dispatch(membership: Membership, message: ClientMessage, ack: Acknowledge | undefined): void {
    if (message.type === "signal") this.#answer(ack, membership.signal(message.payload));
    else {
      this.#lastRequest = this.#lastRequest.then(() => this.#request(membership, message, ack));
    }
  }

  async #request(membership: Membership, request: Request, ack: Acknowledge | undefined) {
    try {
      this.#answer(ack, await membership.perform(request));
    } catch (error) {
      this.#report(`${request.type} failed`, error);
      return this.#answer(ack, internalError());
    }
    if (request.type === "leave") this.close();
  }

  #answer(ack: Acknowledge | undefined, refused: ProtocolError | undefined): void {
    if (refused) trace.connection("a message was refused: %s", refused.code);
    if (ack) ack(refused ? { error: refused.toWire() } : {});
    else if (refused) this.#send("error", refused.toWire());
  }

  #disconnected(reason: string): void {
    this.#setup.connections.delete(this);
    const state = this.#state;
    this.#state = ENDED;
    if (state.name !== "member") return;
    // Also after the server closed the socket: if the membership has ended, this changes nothing any more.
    const { membership } = state;
    const onPurpose = reason === "client namespace disconnect";
    this.#settle(onPurpose ? membership.leave() : membership.loseConnection());
  }

  #settle(ending: Promise<void>): void {
    ending.catch((error) => this.#report("the end of a membership failed", error));
  }

  #report(message: string, error: unknown): void {
    this.#setup.logger.error(message, { error: describeError(error) });
  }

  #send<Type extends ServerMessageType>(type: Type, payload: ServerMessages[Type]): void {
    this.#socket.emit(type, payload);
  }
}
