import {
  type Envelope,
  ProtocolError,
  parseNamed,
  type ServerMessages,
  serverMessages,
} from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import { type CignalError, fromWire, notCignal, tokenFailed, unreachable } from "../errors.js";
import { Machine } from "../lib/machine.js";
import { Attempts } from "./attempts.js";
import {
  type SignalingEvent,
  type SignalingState,
  signalingTransitions,
} from "./connection-machine.js";
import { Greeting, type GreetingOptions } from "./greeting.js";
import { Heartbeat } from "./heartbeat.js";
import { Requests, refusal } from "./requests.js";
import type { SignalingListener } from "./signaling-listener.js";
import type { OpenSocket, SignalingSocket, SocketAddress } from "./socket.js";

const log = debug("signaling");

/** A server that closes the socket sooner after the welcome than this is not hurried, in milliseconds. */
const STEADY_MS = 10_000;

/** Answers to a handshake after which the socket stays, though we are not in the room. */
const HOLDING = ["waiting", "presence"];

export interface SignalingOptions extends Omit<GreetingOptions, "onNoToken"> {
  address: SocketAddress;
  /** From an earlier page of this tab, to go on as the same peer (L4). */
  resumeToken: string | undefined;
  openSocket: OpenSocket;
  /** How long to try before the first answer, and how long a request may take, in milliseconds. */
  timeoutMs: number;
}

/** The way to the server: enters the room, comes back to it whatever happens, and carries messages both ways. */
export class SignalingChannel {
  readonly socket: SignalingSocket;
  readonly #options: SignalingOptions;
  readonly #machine: Machine<SignalingState, SignalingEvent>;
  readonly greeting: Greeting;
  readonly #heartbeat: Heartbeat;
  readonly #attempts: Attempts;
  readonly #requests: Requests;
  #listener: SignalingListener | undefined;
  /** What there was to tell before somebody listened. */
  #untold: ((listener: SignalingListener) => void)[] = [];
  #resumeToken: string | undefined;
  #lastConnectError: Error | undefined;
  /** When it last let us in, or had us wait. From the first time on we come back; before, a refusal is final. */
  #takenAt = 0;
  #heardAt = 0;
  /** For being let in, or told to wait, for the first time. */
  #deadline: ReturnType<typeof setTimeout> | undefined;
  /** For the answer to each handshake, and for the token in it. */
  #unanswered: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#resumeToken = options.resumeToken;
    this.#machine = new Machine(signalingTransitions, "connecting", (state) => {
      log("%s", state);
      this.#tell((listener) => listener.onState(state));
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
    this.#attempts = new Attempts(() => this.#connect());
    this.#requests = new Requests({
      timeoutMs: options.timeoutMs,
      isJoined: () => this.state === "joined",
      send: (type, payload) => this.socket.timeout(options.timeoutMs).emitWithAck(type, payload),
    });
    this.greeting = new Greeting({ ...options, onNoToken: (cause) => this.#onNoToken(cause) });
    this.socket = options.openSocket(options.address, (send) =>
      this.greeting.say(this.#resumeToken, send),
    );
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

  /** Tells this listener, and nobody else, what happens and what has happened so far. */
  listen(listener: SignalingListener): void {
    while (this.#untold.length > 0) this.#untold.shift()?.(listener);
    this.#listener = listener;
  }

  /** Starts to connect; the outcome is `onWelcome` or `onEnd`. */
  open(): void {
    const { address, timeoutMs } = this.#options;
    const giveUp = () => this.#end(unreachable(address.url, timeoutMs, this.#lastConnectError));
    this.#deadline = setTimeout(giveUp, timeoutMs);
    this.#connect();
  }

  /** Finds out whether the server is there, and comes back if it has not answered for this long, in milliseconds. */
  probe(forMs: number): void {
    if (this.state === "joined") this.#heartbeat.doubt(forMs);
  }

  /** Something has happened that a socket may not survive: find out, or come back, at once. */
  doubt(): void {
    this.#heartbeat.doubt();
    if (this.state === "joining") this.#abandon();
    else if (this.state === "reconnecting") {
      // An attempt that began on the network before would only time out.
      this.socket.disconnect();
      this.#attempts.reset();
      this.#attempts.now();
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
  request(...request: Parameters<Requests["ask"]>): Promise<void> {
    return this.#requests.ask(...request);
  }

  /** Loses the socket, and does not come back before `ms` milliseconds are over. */
  interrupt(ms: number): void {
    this.#attempts.hold(ms);
    this.#abandon();
  }

  /** Says that the page goes away and may come back (L7). */
  sayAway(): void {
    if (this.state === "joined") this.socket.emit("away", {});
  }

  /** Leaves the room: a socket that is closed on purpose says so (L2). */
  close(): void {
    clearTimeout(this.#unanswered);
    clearTimeout(this.#deadline);
    this.#attempts.stop();
    this.#heartbeat.stop();
    this.#requests.stop();
    this.#machine.send("close");
    this.socket.disconnect();
  }

  #tell(tell: (listener: SignalingListener) => void): void {
    if (this.#listener) tell(this.#listener);
    else this.#untold.push(tell);
  }

  /** Begins an attempt. The app is asked for a token while the socket opens. */
  #connect(): void {
    if (this.greeting.prepare()) this.#expectAnswer();
    this.socket.connect();
  }

  /** Who is in the room stays, and tries again: the network may be what is missing. */
  #onNoToken(cause: unknown): void {
    if (this.#takenAt > 0) this.#abandon();
    else this.#end(tokenFailed(cause));
  }

  #expectAnswer(): void {
    clearTimeout(this.#unanswered);
    this.#unanswered = setTimeout(() => this.#abandon(), this.#options.timeoutMs);
  }

  #onConnect(): void {
    if (!this.#machine.send("opened")) return;
    this.#attempts.stop();
    this.#expectAnswer();
  }

  #onMessage(type: string, payload: unknown): void {
    this.#heardAt = Date.now();
    const message = parseNamed(serverMessages, type, payload);
    if (message instanceof ProtocolError) {
      if (message.code !== "unknown-message") return log("ignored %s: %s", type, message.message);
      if (HOLDING.includes(type)) this.#onTaken("held");
      return this.#tell((listener) => listener.onOther(type, payload));
    }
    switch (message.type) {
      case "welcome":
        return this.#onWelcome(message.payload);
      case "checked":
        return;
      case "refused":
      case "closed": {
        // It is being replaced (L6), is busy (E4) or wants a newer token (L8): we come back, and calls go on meanwhile.
        const { retryAfterMs } = message.payload;
        if (retryAfterMs === undefined || this.#takenAt === 0) {
          return this.#end(fromWire(message.payload));
        }
        // Not all who were sent away come back in one instant.
        return this.#attempts.hold(retryAfterMs * (1 + Math.random() / 4));
      }
      default:
        if (this.state === "joined") this.#tell((listener) => listener.onMessage(message));
    }
  }

  #onWelcome(welcome: ServerMessages["welcome"]): void {
    this.#resumeToken = welcome.resumeToken;
    if (!this.#onTaken("welcomed")) return;
    // Whatever is sent now tells the server that the new token has arrived (L5).
    if (welcome.resumed) this.#heartbeat.doubt();
    this.#tell((listener) => listener.onWelcome(welcome));
    this.#requests.sendOpen();
  }

  /** Whether that is news. */
  #onTaken(how: "held" | "welcomed"): boolean {
    if (!this.#machine.send(how)) return false;
    clearTimeout(this.#unanswered);
    clearTimeout(this.#deadline);
    this.#attempts.reset();
    this.#takenAt = Date.now();
    this.#heartbeat.start();
    return true;
  }

  /** Gives the socket up without a word: said into a dead line it would arrive later, and mean that we left (L2). */
  #abandon(): void {
    log("no answer");
    this.socket.io._close();
  }

  #onDisconnect(reason: string): void {
    log("socket lost: %s", reason);
    clearTimeout(this.#unanswered);
    this.#heartbeat.stop();
    this.#machine.send("lost");
    if (this.state === "closed") return;
    // A hidden page's timers may stand still for a minute, longer than the grace period. The server's word does not.
    const putOut =
      reason === "io server disconnect" &&
      this.#attempts.failed === 0 &&
      Date.now() - this.#takenAt > STEADY_MS;
    if (putOut) this.#attempts.now();
    else this.#attempts.later();
  }

  #onConnectError(error: Error): void {
    this.#lastConnectError = error;
    log("cannot connect: %s", error.message);
    if (this.state === "closed") return;
    if (this.socket.active) return this.#attempts.later();
    this.#end(notCignal(this.#options.address.url, error));
  }

  #end(error: CignalError): void {
    if (this.state === "closed") return;
    this.close();
    this.#tell((listener) => listener.onEnd(error));
  }
}
