import type { PeerInfo, PeerMessage, Sending } from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import type { PeerStream } from "../data/peer-stream.js";
import { CignalError } from "../errors.js";
import { Machine } from "../lib/machine.js";
import { Callers } from "./callers.js";
import type { Diagnosis } from "./diagnosis.js";
import type { PeerConnection } from "./peer-connection.js";
import { type CallEvent, type CallState, callTransitions } from "./peer-machine.js";

const log = debug("call");

/** Why a call that rang stopped ringing. */
export type CancelReason = Extract<PeerMessage, { type: "cancel" }>["reason"] | "left";

export interface CallOptions {
  peer: PeerInfo;
  /** Whether we watch alone, and start nothing (O11). */
  receiveOnly: boolean;
  /** Whether the page is asked before a call of theirs is answered. */
  rings: boolean;
  /** How long the call may take to begin, in milliseconds. */
  timeoutMs: number;
  /** The same while it rings. */
  ringTimeoutMs: number;
  connection: () => PeerConnection | null;
  isServerThere: () => boolean;
  stream: () => PeerStream;
  /** What we send now. */
  sending: () => Sending;
  /** From here on we may connect, with an offer of ours or theirs, and send. */
  onBegin: (how: { offer: boolean }) => void;
  /** Nobody shall hear or see us any more. */
  onOver: () => void;
  /** They started the call; it is answered by itself. */
  onCalled: () => void;
  /** They started the call; `accept` or `reject` it. */
  onIncoming: () => void;
  /** They want it no longer, before it was accepted. */
  onCancelled: (reason: CancelReason) => void;
  /** No path to them was found. */
  onFailed: (diagnosis: Diagnosis) => void;
  onChange: () => void;
}

/** The call with one peer (P3, N): whether it is on, and who waits for that. */
export class Call {
  readonly #options: CallOptions;
  readonly #machine: Machine<CallState, CallEvent>;
  readonly #callers = new Callers(() => void this.#giveUpInTime());
  /** Our last call: its number, and that of the message that must not begin it when we have given it up. */
  #ours = { call: 0, message: 0 };
  /** The number of their last call, and of the one that we have answered. */
  #theirs = 0;
  #answered = 0;
  #ringTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CallOptions) {
    const { peer, onChange } = options;
    this.#options = options;
    this.#machine = new Machine(callTransitions, "waiting", (state) => {
      log("%s: %s", peer.id, state);
      clearTimeout(this.#ringTimer);
      onChange();
    });
  }

  get state(): CallState {
    return this.#machine.state;
  }

  /** Whether we may connect and send. */
  get isOn(): boolean {
    return this.state === "in-call" || this.#isOut;
  }

  /** Starts it, or accepts theirs. Resolves when it is on, rejects with a `CignalError`. */
  start(): Promise<void> {
    if (this.state === "incoming") return this.accept();
    const { timeoutMs, ringTimeoutMs } = this.#options;
    const on = this.#callers.wait(this.state === "ringing" ? ringTimeoutMs : timeoutMs);
    if (this.#machine.send("call")) {
      this.#sayStart();
      this.#options.onBegin({ offer: true });
    }
    this.#settle();
    return on;
  }

  /** Answers their call. Resolves when it is on, rejects with a `CignalError`, also if they want it no longer. */
  accept(): Promise<void> {
    const on = this.#callers.wait(this.#options.timeoutMs);
    if (this.#machine.send("accept")) this.#answer();
    else if (this.state !== "in-call") this.#callers.fail(cancelled());
    this.#settle();
    return on;
  }

  /** Does nothing if they do not call. */
  reject(reason?: string): void {
    if (this.state !== "incoming") return;
    this.#options.stream().send({ type: "reject", call: this.#theirs, ...(reason && { reason }) });
    this.#machine.send("give-up");
  }

  /** Takes our call back. Does nothing if there is none, or if it is on. */
  cancel(reason: "cancelled" | "no-answer" = "cancelled"): void {
    if (this.#isOut) this.#giveUp(cancelled(), reason);
  }

  /** Ends a call of ours that is on. */
  stop(): void {
    if (this.state !== "in-call" || !this.#machine.send("remote-cancel")) return;
    this.#options.stream().send({ type: "cancel", call: this.#ours.call, reason: "cancelled" });
    this.#options.onOver();
  }

  /** They have begun anew and know of no call; one that is on goes on (D7). */
  startAnew(): void {
    this.#answered = 0;
    if (this.#options.receiveOnly) this.receiveCancel(this.#theirs, "left");
    else if (this.isOn) this.#sayStart();
    if (this.state === "incoming") this.receiveCancel(this.#theirs, "left");
  }

  /** They have started a call: it is answered, or rings. If we have started one as well, nobody needs to ask. */
  receiveStart(call: number): void {
    this.#theirs = call;
    const { rings, stream, onIncoming, onCalled } = this.#options;
    if (this.#isOut) return this.#join();
    if (rings) {
      const isNew = this.#machine.send("ring");
      if (this.state === "incoming") stream().send({ type: "ringing", call });
      if (!isNew) return;
      this.#ringTimer = setTimeout(() => this.#ringInVain(), this.#options.ringTimeoutMs);
      onIncoming();
    } else if (this.#machine.send("remote-start")) {
      onCalled();
      this.#answer();
      this.#waitAlone();
      this.#settle();
    }
  }

  /** Their page asks. */
  receiveRinging(call: number): void {
    if (call !== this.#ours.call || !this.#machine.send("remote-ringing")) return;
    this.#waitAlone();
    this.#callers.allow(this.#options.ringTimeoutMs);
  }

  receiveAccept(call: number): void {
    if (call === this.#ours.call && this.#isOut) this.#join();
  }

  receiveReject(call: number, reason: string | undefined): void {
    if (call !== this.#ours.call) return;
    const problem = `${this.#options.peer.name} declined the call${reason ? `: ${reason}` : ""}.`;
    // A page that was reloaded may decline what the one before had accepted.
    if (this.#machine.send("remote-cancel")) this.#options.onOver();
    this.#giveUp(new CignalError("call-rejected", problem));
  }

  receiveCancel(call: number, reason: CancelReason): void {
    if (call !== this.#theirs) return;
    const rang = this.state === "incoming";
    if (this.state === "in-call" && this.#answered !== call) {
      // Both had called, and our call still stands.
      this.#machine.send("remote-retreat");
      this.#waitAlone();
    } else if (this.#machine.send("remote-cancel")) {
      if (rang) this.#options.onCancelled(reason);
      else this.#options.onOver();
      this.#callers.fail(cancelled());
    }
  }

  onConnectionState(state: RTCPeerConnectionState, connection: PeerConnection): void {
    if (state === "failed" && !connection.wasOfUse) void this.#explain(connection);
    else this.#settle();
  }

  /** Whoever waits for it is told that it will not be. */
  fail(problem: string): void {
    this.#giveUp(this.#error(problem), "no-answer");
  }

  /** They are gone, or we are. */
  end(): void {
    const rang = this.state === "incoming";
    this.#machine.send("end");
    if (rang) this.#options.onCancelled("left");
    this.#callers.fail(this.#error(`${this.#options.peer.name} left before the call began.`));
  }

  /** Why something did not come to them in time. */
  get unreached(): string {
    const { peer, timeoutMs, isServerThere } = this.#options;
    const seconds = timeoutMs / 1000;
    if (isServerThere()) return `${peer.name} could not be reached in ${seconds} s. Try again.`;
    return `The server cannot be reached, nor ${peer.name} without it. Check the network here, then try again.`;
  }

  /** Whether we call, and they have not answered. */
  get #isOut(): boolean {
    return this.state === "calling" || this.state === "ringing";
  }

  /** Says it in place of what was said before and has not arrived. */
  #sayStart(): void {
    const stream = this.#options.stream();
    stream.withdraw(this.#ours.message);
    const call = this.#ours.call + 1;
    const message = stream.send({ type: "start", call, sending: this.#options.sending() });
    this.#ours = { call, message };
  }

  /** Nobody has asked for it here, but this side, too, wants to know why nothing comes. */
  #waitAlone(): void {
    this.#callers.wait(this.#options.timeoutMs).catch(() => {});
  }

  #ringInVain(): void {
    this.reject("no answer");
    this.#options.onCancelled("no-answer");
  }

  #answer(): void {
    const { stream, sending, onBegin } = this.#options;
    this.#answered = this.#theirs;
    stream().send({ type: "accept", call: this.#theirs, sending: sending() });
    onBegin({ offer: false });
  }

  /** Both want it. */
  #join(): void {
    if (!this.#machine.send("remote-start")) return;
    this.#callers.allow(this.#options.timeoutMs);
    this.#options.onBegin({ offer: false });
    this.#settle();
  }

  /** Tells whoever waits for it that it is on; otherwise they go on waiting. */
  #settle(): void {
    const connected = this.#options.connection()?.pc.connectionState === "connected";
    if (connected && this.state === "in-call") this.#callers.succeed();
  }

  async #giveUpInTime(): Promise<void> {
    const connection = this.#options.connection();
    const searching = connection?.pc.remoteDescription && !connection.wasOfUse;
    if (this.state === "ringing") {
      const problem = `${this.#options.peer.name} did not answer.`;
      this.#giveUp(new CignalError("no-answer", problem, { retryable: true }), "no-answer");
    } else if (connection && searching) await this.#explain(connection);
    else this.fail(this.unreached);
  }

  /** A call of ours is over before it was on; `cancel` says so to them, who may not know. */
  #giveUp(error: CignalError, cancel?: "cancelled" | "no-answer"): void {
    if (this.#isOut && this.#machine.send("give-up")) {
      const { stream, onOver } = this.#options;
      stream().withdraw(this.#ours.message);
      if (cancel) stream().send({ type: "cancel", call: this.#ours.call, reason: cancel });
      onOver();
    }
    this.#callers.fail(error);
  }

  /** Says why there is no path. */
  async #explain(connection: PeerConnection): Promise<void> {
    const diagnosis = await connection.diagnose();
    if (this.state === "ended") return;
    if (diagnosis) this.#options.onFailed(diagnosis);
    this.fail(diagnosis?.message ?? this.unreached);
  }

  #error(problem: string): CignalError {
    return new CignalError("connection-failed", problem, { retryable: true });
  }
}

const cancelled = () => new CignalError("call-cancelled", "The call was cancelled.");
