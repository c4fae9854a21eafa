import {
  ack,
  type ClientMessages,
  type Envelope,
  type Handshake,
  ProtocolError,
  parse,
  parseNamed,
  type ServerMessage,
  type ServerMessages,
  serverMessages,
} from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import { CignalError, fromWire } from "../errors.js";
import { Machine } from "../lib/machine.js";
import {
  type SignalingEvent,
  type SignalingState,
  signalingTransitions,
} from "./connection-machine.js";
import { Heartbeat } from "./heartbeat.js";
import { reconnectDelay } from "./reconnect-policy.js";
import type { OpenSocket, SignalingSocket, SocketAddress } from "./socket.js";

const log = debug("signaling");

/** A server that closes the socket sooner after the welcome than this is not hurried, in milliseconds. */
const STEADY_MS = 10_000;

/** What the server tells a member of a room. */
export type RoomMessage = Exclude<
  ServerMessage,
  { type: "welcome" | "checked" | "refused" | "closed" }
>;

export interface SignalingOptions {
  address: SocketAddress;
  handshake: Omit<Handshake, "resumeToken">;
  /** From an earlier page of this tab, to go on as the same peer (L4). */
  resumeToken: string | undefined;
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

/** The way to the server: enters the room, comes back to it whatever happens, and carries messages both ways. */
export class SignalingChannel {
  readonly socket: SignalingSocket;
  readonly #options: SignalingOptions;
  readonly #machine: Machine<SignalingState, SignalingEvent>;
  readonly #heartbeat: Heartbeat;
  /** Requests that wait for the room: outside of it, the server refuses them (H5). */
  #outbox: (() => void)[] = [];
  #resumeToken: string | undefined;
  #lastConnectError: Error | undefined;
  #failedAttempts = 0;
  #joinedAt = 0;
  #heardAt = 0;
  /** No attempt is made before, whatever happens (`interrupt`). */
  #awayUntil = 0;
  /** For the first answer, then for the answer to each handshake, or until the next attempt. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#resumeToken = options.resumeToken;
    this.#machine = new Machine(signalingTransitions, "connecting", (state) => {
      log("%s", state);
      options.onState(state);
    });
    this.#heartbeat = new Heartbeat({
      ask: (timeoutMs) =>
        this.socket
          .timeout(timeoutMs)
          .emitWithAck("beat", {})
          .then(
            () => {
              this.#heardAt = Date.now();
              return true;
            },
            () => false,
          ),
      onDead: () => this.#abandon(),
    });
    this.socket = options.openSocket(options.address, () => ({
      ...options.handshake,
      ...(this.#resumeToken && { resumeToken: this.#resumeToken }),
    }));
    this.socket.on("connect", () => this.#onConnect());
    this.socket.on("disconnect", (reason) => this.#onDisconnect(reason));
    this.socket.on("connect_error", (error) => this.#onConnectError(error));
    this.socket.onAny((type, payload) => this.#onMessage(type, payload));
  }

  get state(): SignalingState {
    return this.#machine.state;
  }

  /** When the server last said anything; 0 while we are not in the room. */
  get heardAt(): number {
    return this.state === "joined" ? this.#heardAt : 0;
  }

  /** Starts to connect; the outcome is `onWelcome` or `onEnd`. */
  open(): void {
    this.#deadline = setTimeout(() => this.#end(this.#unreachable()), this.#options.timeoutMs);
    this.socket.connect();
  }

  /** Something has happened that a socket may not survive: find out, or come back, at once. */
  doubt(): void {
    if (this.state === "joined") this.#heartbeat.doubt();
    else if (this.state === "joining") this.#abandon();
    else if (this.state === "reconnecting") {
      this.#failedAttempts = 0;
      // An attempt that began on the network before would only time out.
      this.socket.disconnect();
      this.#attempt();
    }
  }

  /**
   * Sends a signal, if the server can be reached now.
   *
   * @param answered - called with the server's answer, if there is one: a `CignalError` if it refused
   */
  signal(to: string, envelope: Envelope, answered?: (error?: CignalError) => void): boolean {
    if (this.state !== "joined") return false;
    const payload = { to, envelope };
    if (!answered) this.socket.emit("signal", payload);
    else {
      const answer = this.socket.timeout(this.#options.timeoutMs).emitWithAck("signal", payload);
      // Without an answer the sender, who repeats what is not acknowledged, knows better.
      answer.then((answer) => answered(refusal(answer))).catch(() => {});
    }
    return true;
  }

  /** Sends a request and waits for the server's acknowledgement (E3). Rejects with a `CignalError`. */
  async request<Type extends "set-ice-servers">(
    type: Type,
    payload: ClientMessages[Type],
  ): Promise<void> {
    const { timeoutMs } = this.#options;
    const answer = await new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        const problem = `The server did not answer "${type}" within ${timeoutMs / 1000} s. Try again.`;
        reject(new CignalError("timeout", problem, { retryable: true }));
      }, timeoutMs);
      const send = () => {
        const asked = this.socket.timeout(timeoutMs).emitWithAck(type, payload);
        // The socket was lost meanwhile: the next one carries it again.
        asked.then(resolve, () => this.#whenJoined(send)).finally(() => clearTimeout(timer));
      };
      this.#whenJoined(send);
    });
    const error = refusal(answer);
    if (error) throw error;
  }

  /** Loses the socket, and does not come back before `ms` milliseconds are over. */
  interrupt(ms: number): void {
    this.#awayUntil = Date.now() + ms;
    this.#abandon();
  }

  /** Says that the page goes away and may come back (L7). */
  sayAway(): void {
    if (this.state === "joined") this.socket.emit("away", {});
  }

  /** Leaves the room: a socket that is closed on purpose says so (L2). */
  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#heartbeat.stop();
    this.#outbox = [];
    this.#machine.send("close");
    this.socket.disconnect();
  }

  #whenJoined(send: () => void): void {
    if (this.state === "joined") send();
    else if (this.state !== "closed") this.#outbox.push(send);
  }

  #onConnect(): void {
    if (!this.#machine.send("opened")) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abandon(), this.#options.timeoutMs);
  }

  #onMessage(type: string, payload: unknown): void {
    this.#heardAt = Date.now();
    const message = parseNamed(serverMessages, type, payload);
    if (message instanceof ProtocolError) {
      log("ignored %s: %s", type, message.message);
      return;
    }
    switch (message.type) {
      case "welcome":
        return this.#onWelcome(message.payload);
      case "checked":
        return;
      case "refused":
      case "closed":
        // A server that closes is being replaced: its next instance takes us back, and calls need neither.
        if (message.payload.code === "server-closing" && this.#joinedAt > 0) return;
        return this.#end(fromWire(message.payload));
      default:
        if (this.state === "joined") this.#options.onMessage(message);
    }
  }

  #onWelcome(welcome: ServerMessages["welcome"]): void {
    this.#resumeToken = welcome.resumeToken;
    if (!this.#machine.send("welcomed")) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#failedAttempts = 0;
    this.#joinedAt = Date.now();
    this.#heartbeat.start();
    // Whatever is sent now tells the server that the new token has arrived (L5).
    if (welcome.resumed) this.#heartbeat.doubt();
    this.#options.onWelcome(welcome);
    for (const send of this.#outbox.splice(0)) send();
  }

  /** Gives the socket up without a word: said into a dead line it would arrive later, and mean that we left (L2). */
  #abandon(): void {
    log("no answer");
    this.socket.io._close();
  }

  #onDisconnect(reason: string): void {
    log("socket lost: %s", reason);
    this.#heartbeat.stop();
    this.#machine.send("lost");
    if (this.state === "closed") return;
    // A hidden page's timers may stand still for a minute, longer than the grace period. The server's word does not.
    const putOut =
      reason === "io server disconnect" &&
      this.#failedAttempts === 0 &&
      Date.now() - this.#joinedAt > STEADY_MS;
    if (putOut) {
      this.#failedAttempts++;
      this.#attempt();
    } else this.#attemptLater();
  }

  #onConnectError(error: Error): void {
    this.#lastConnectError = error;
    log("cannot connect: %s", error.message);
    if (this.state === "closed") return;
    if (this.socket.active) return this.#attemptLater();
    this.#end(
      new CignalError(
        "not-a-cignal-server",
        `${this.#options.address.url} is a Socket.IO server without Cignal (${error.message}). ` +
          "Call initSocketServer(io) there, or set the namespace option on both sides.",
        { cause: error },
      ),
    );
  }

  #attemptLater(): void {
    clearTimeout(this.#timer);
    const delay = reconnectDelay(this.#failedAttempts++, Math.random());
    this.#timer = setTimeout(() => this.#attempt(), delay);
  }

  #attempt(): void {
    clearTimeout(this.#timer);
    const wait = this.#awayUntil - Date.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#attempt(), wait);
    else this.socket.connect();
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

/** What the server's acknowledgement says was wrong (E3). */
function refusal(answer: unknown): CignalError | undefined {
  const acknowledged = parse(ack, answer);
  if (acknowledged instanceof ProtocolError) return fromWire(acknowledged.toWire());
  return acknowledged.error && fromWire(acknowledged.error);
}
