import type { PeerInfo, Sending } from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import type { PeerStream } from "../data/peer-stream.js";
import { Machine } from "../lib/machine.js";
import { Callers } from "./callers.js";
import type { Diagnosis } from "./diagnosis.js";
import type { PeerConnection } from "./peer-connection.js";
import { type CallEvent, type CallState, callTransitions } from "./peer-machine.js";

const log = debug("call");

export interface CallOptions {
  peer: PeerInfo;
  /** How long the call may take to begin, in milliseconds. */
  timeoutMs: number;
  connection: () => PeerConnection | null;
  isServerThere: () => boolean;
  stream: () => PeerStream;
  /** What we send now. */
  sending: () => Sending;
  /** From here on we may connect, with an offer of ours or theirs, and send. */
  onBegin: (how: { offer: boolean }) => void;
  /** Nobody shall hear or see us any more. */
  onGivenUp: () => void;
  /** They started the call; it is answered by itself. */
  onCalled: () => void;
  /** No path to them was found. */
  onFailed: (diagnosis: Diagnosis) => void;
  onChange: () => void;
}

/** The call with one peer (P3): whether it is on, and who waits for that. */
export class Call {
  readonly #options: CallOptions;
  readonly #machine: Machine<CallState, CallEvent>;
  readonly #callers: Callers;
  /** The number of our `start`, which must not begin a call that we have given up. */
  #start = 0;

  constructor(options: CallOptions) {
    const { peer, timeoutMs, onChange } = options;
    this.#options = options;
    this.#callers = new Callers(timeoutMs);
    this.#machine = new Machine(callTransitions, "waiting", (state) => {
      log("%s: %s", peer.id, state);
      onChange();
    });
  }

  get state(): CallState {
    return this.#machine.state;
  }

  /** Whether we may connect and send. */
  get isOn(): boolean {
    return this.state === "calling" || this.state === "in-call";
  }

  /** Starts it, or joins in if they have. Resolves when it is on, rejects with a `CignalError`. */
  start(): Promise<void> {
    const on = this.#whenOn();
    if (this.#machine.send("call")) {
      this.sayStart();
      this.#options.onBegin({ offer: true });
    }
    this.#settle();
    return on;
  }

  /** They have started it, or joined in. */
  receiveStart(): void {
    const unasked = this.state === "waiting";
    if (!this.#machine.send("remote-start")) return;
    if (unasked) {
      this.#options.onCalled();
      this.sayStart();
      // Nobody waits here, but they, too, want to know why nothing comes.
      this.#whenOn().catch(() => {});
    }
    this.#options.onBegin({ offer: false });
    this.#settle();
  }

  /** Says it in place of what was said before and has not arrived. */
  sayStart(): void {
    const stream = this.#options.stream();
    stream.withdraw(this.#start);
    this.#start = stream.send({ type: "start", sending: this.#options.sending() });
  }

  onConnectionState(state: RTCPeerConnectionState, connection: PeerConnection): void {
    if (state === "failed" && !connection.wasOfUse) void this.#explain(connection);
    else this.#settle();
  }

  /** Whoever waits for it is told that it will not be. */
  giveUp(problem: string): void {
    if (this.#machine.send("give-up")) {
      this.#options.stream().withdraw(this.#start);
      this.#options.onGivenUp();
    }
    this.#callers.fail(problem);
  }

  /** They are gone, or we are. */
  end(): void {
    this.#machine.send("end");
    this.giveUp(`${this.#options.peer.name} left before the call began.`);
  }

  /** Why something did not come to them in time. */
  get unreached(): string {
    const { peer, timeoutMs, isServerThere } = this.#options;
    if (isServerThere())
      return `${peer.name} could not be reached in ${timeoutMs / 1000} s. Try again.`;
    return `The server cannot be reached, nor ${peer.name} without it. Check the network here, then try again.`;
  }

  #whenOn(): Promise<void> {
    return this.#callers.wait(() => void this.#giveUpInTime());
  }

  /** Tells whoever waits for it that it is on; otherwise they go on waiting. */
  #settle(): void {
    const connected = this.#options.connection()?.pc.connectionState === "connected";
    if (connected && this.state === "in-call") this.#callers.succeed();
  }

  async #giveUpInTime(): Promise<void> {
    const connection = this.#options.connection();
    const searching = connection?.pc.remoteDescription && !connection.wasOfUse;
    if (connection && searching) await this.#explain(connection);
    else this.giveUp(this.unreached);
  }

  /** Says why there is no path. */
  async #explain(connection: PeerConnection): Promise<void> {
    const diagnosis = await connection.diagnose();
    if (this.state === "ended") return;
    if (diagnosis) this.#options.onFailed(diagnosis);
    this.giveUp(diagnosis?.message ?? this.unreached);
  }
}
