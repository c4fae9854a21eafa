import {
  ack,
  type ClientMessages,
  type Handshake,
  ProtocolError,
  parse,
  parseNamed,
  type ServerMessage,
  type ServerMessages,
  type SignalMessage,
  serverMessages,
} from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import { CignalError, fromWire } from "../errors.js";
import { Machine } from "../lib/machine.js";
import { type SignalingState, signalingTransitions } from "./connection-machine.js";
import type { OpenSocket, SignalingSocket, SocketAddress } from "./socket.js";

const log = debug("signaling");

/** How long to stay away after the server closed the socket without a reason. */
const COME_BACK_MS = 1_000;

/** What the server tells a member of a room. */
export type RoomMessage = Exclude<ServerMessage, { type: "welcome" | "refused" | "closed" }>;

export interface SignalingOptions {
  address: SocketAddress;
  handshake: Omit<Handshake, "resumeToken">;
  openSocket: OpenSocket;
  /** How long to try before the first answer, and how long a request may take, in milliseconds. */
  timeoutMs: number;
  onState: (state: SignalingState) => void;
  /** Entered, or entered again after a loss. */
  onWelcome: (welcome: ServerMessages["welcome"]) => void;
  onMessage: (message: RoomMessage) => void;
  /** The membership ended for good; the channel is closed. */
  onEnd: (error: CignalError) => void;
}

/** The way to the server: enters the room, comes back to it, and carries messages both ways. */
export class SignalingChannel {
  readonly socket: SignalingSocket;
  readonly #options: SignalingOptions;
  readonly #machine: Machine<SignalingState, "opened" | "welcomed" | "lost" | "close">;
  /** What is said while not in the room waits here: the server refuses it (H5). */
  #outbox: (() => void)[] = [];
  #resumeToken: string | undefined;
  #lastConnectError: Error | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#machine = new Machine(signalingTransitions, "connecting", (state) => {
      log("%s", state);
      options.onState(state);
    });
    this.socket = options.openSocket(options.address, () => ({
      ...options.handshake,
      ...(this.#resumeToken && { resumeToken: this.#resumeToken }),
    }));
    this.socket.on("connect", () => this.#machine.send("opened"));
    this.socket.on("disconnect", (reason) => this.#onDisconnect(reason));
    this.socket.on("connect_error", (error) => this.#onConnectError(error));
    this.socket.onAny((type, payload) => this.#onMessage(type, payload));
  }

  get state(): SignalingState {
    return this.#machine.state;
  }

  /** Starts to connect; the outcome is `onWelcome` or `onEnd`. */
  open(): void {
    this.#timer = setTimeout(() => this.#end(this.#unreachable()), this.#options.timeoutMs);
    this.socket.connect();
  }

  signal(to: string, message: SignalMessage): void {
    this.#whenJoined(() => this.socket.emit("signal", { to, message }));
  }

  /** Sends a request and waits for the server's acknowledgement (E3). Rejects with a `CignalError`. */
  async request<Type extends "inform" | "set-ice-servers">(
    type: Type,
    payload: ClientMessages[Type],
  ): Promise<void> {
    const { timeoutMs } = this.#options;
    const answer = await new Promise<unknown>((resolve, reject) => {
      const timeout = () =>
        reject(
          new CignalError(
            "timeout",
            `The server did not answer "${type}" within ${timeoutMs / 1000} s. Try again.`,
            {
              retryable: true,
            },
          ),
        );
      const timer = setTimeout(timeout, timeoutMs);
      this.#whenJoined(() => {
        clearTimeout(timer);
        this.socket.timeout(timeoutMs).emitWithAck(type, payload).then(resolve, timeout);
      });
    });
    const acknowledged = parse(ack, answer);
    if (acknowledged instanceof ProtocolError) throw fromWire(acknowledged.toWire());
    if (acknowledged.error) throw fromWire(acknowledged.error);
  }

  /** Leaves the room: a socket that is closed on purpose says so (L2). */
  close(): void {
    clearTimeout(this.#timer);
    this.#outbox = [];
    this.#machine.send("close");
    this.socket.disconnect();
  }

  #whenJoined(send: () => void): void {
    if (this.state === "joined") send();
    else if (this.state !== "closed") this.#outbox.push(send);
  }

  #onMessage(type: string, payload: unknown): void {
    const message = parseNamed(serverMessages, type, payload);
    if (message instanceof ProtocolError) {
      log("ignored %s: %s", type, message.message);
      return;
    }
    switch (message.type) {
      case "welcome":
        return this.#onWelcome(message.payload);
      case "refused":
      case "closed":
        return this.#end(fromWire(message.payload));
      default:
        if (this.state === "joined") this.#options.onMessage(message);
    }
  }

  #onWelcome(welcome: ServerMessages["welcome"]): void {
    clearTimeout(this.#timer);
    this.#resumeToken = welcome.resumeToken;
    if (!this.#machine.send("welcomed")) return;
    this.#options.onWelcome(welcome);
    for (const send of this.#outbox.splice(0)) send();
  }

  #onDisconnect(reason: string): void {
    log("socket lost: %s", reason);
    this.#machine.send("lost");
    // Socket.IO does not come back by itself when the server closed the socket without a word (H4, L6).
    if (this.state !== "reconnecting" || this.socket.active) return;
    this.#timer = setTimeout(() => this.socket.connect(), COME_BACK_MS);
  }

  #onConnectError(error: Error): void {
    this.#lastConnectError = error;
    log("cannot connect: %s", error.message);
    if (this.socket.active || this.state === "closed") return;
    this.#end(
      new CignalError(
        "not-a-cignal-server",
        `${this.#options.address.url} is a Socket.IO server without Cignal (${error.message}). ` +
          "Call initSocketServer(io) there, or set the namespace option on both sides.",
        { cause: error },
      ),
    );
  }

  #unreachable(): CignalError {
    const { address, timeoutMs } = this.#options;
    return new CignalError(
      "server-unreachable",
      `The server at ${address.url} did not answer within ${timeoutMs / 1000} s. Check the network, and that it runs.`,
      { retryable: true, cause: this.#lastConnectError },
    );
  }

  #end(error: CignalError): void {
    if (this.state === "closed") return;
    this.close();
    this.#options.onEnd(error);
  }
}
