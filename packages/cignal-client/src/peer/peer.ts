import type { Envelope, PeerInfo, Sending } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import { type InformData, inform } from "../data/inform.js";
import { CignalError } from "../errors.js";
import { Machine } from "../lib/machine.js";
import type { LocalTracks } from "../media/local-media.js";
import { Callers } from "./callers.js";
import type { Diagnosis } from "./diagnosis.js";
import type { RecoveryCause, RecoveryHint } from "./ice-restart.js";
import type { PeerConnection } from "./peer-connection.js";
import { PeerLine, type PeerLineOptions } from "./peer-line.js";
import { type CallEvent, type CallState, callTransitions } from "./peer-machine.js";
import { RemoteMedia } from "./remote-media.js";

const log = debug("peer");

const NO_TRACKS: LocalTracks = { audio: null, video: null };

/** What a peer needs from the outside and tells it. */
export interface PeerSurroundings
  extends Pick<PeerLineOptions, "signal" | "serverHeardAt" | "onUnease" | "onDoubt"> {
  browser: Browser;
  /** Whether to connect before the call starts (P2). */
  warm: boolean;
  /** How long a call may take to begin, and a message to be taken, in milliseconds. */
  timeoutMs: number;
  /** They started the call; it is answered by itself. */
  onCalled: (peer: PeerInfo) => void;
  onStream: (peer: PeerInfo, stream: MediaStream) => void;
  onInformation: (peer: PeerInfo, data: unknown) => void;
  /** They said that they leave. */
  onBye: (peer: PeerInfo) => void;
  /** Media do not arrive any more; what can be done is being done. */
  onReconnecting: (peer: PeerInfo, cause: RecoveryCause) => void;
  /** They arrive again, after a gap of so many milliseconds. */
  onReconnected: (peer: PeerInfo, gapMs: number) => void;
  /** No path to them was found. */
  onConnectionFailed: (peer: PeerInfo, diagnosis: Diagnosis) => void;
  /** The call state or the connection state changed. */
  onChange: () => void;
  onError: (error: CignalError) => void;
}

export interface PeerOptions
  extends PeerSurroundings,
    Pick<PeerLineOptions, "polite" | "relayOnly" | "iceServers"> {
  info: PeerInfo;
  tracks: LocalTracks;
}

/** One remote person: the call with them, and what they send. */
export class Peer {
  readonly info: PeerInfo;
  readonly #options: PeerOptions;
  readonly #line: PeerLine;
  readonly #media: RemoteMedia;
  readonly #call: Machine<CallState, CallEvent>;
  readonly #callers: Callers;
  #tracks: LocalTracks;
  #sendingRevision = 0;
  /** The number of our `start`, which must not begin a call that we have given up. */
  #start = 0;

  constructor(options: PeerOptions) {
    const { info, browser, warm, onReconnecting, onReconnected, onChange } = options;
    this.info = info;
    this.#options = options;
    this.#tracks = options.tracks;
    this.#media = new RemoteMedia(browser, (stream) => options.onStream(info, stream));
    this.#callers = new Callers(options.timeoutMs);
    this.#call = new Machine(callTransitions, "waiting", (state) => {
      log("%s: %s", info.id, state);
      onChange();
    });
    this.#line = new PeerLine({
      ...options,
      mayConnect: () => warm || this.#isCallOn(),
      tracks: () => (this.#isCallOn() ? this.#tracks : NO_TRACKS),
      onMessage: (message) => this.#onMessage(message),
      onRestart: () => this.#onRestart(),
      onReceivers: () => this.#showMedia(),
      onState: (state, connection) => this.#onState(state, connection),
      onTrouble: (cause) => {
        if (this.#call.state === "in-call") onReconnecting(info, cause);
        onChange();
      },
      onRecovered: (gapMs) => {
        if (gapMs === undefined) return;
        if (this.#call.state === "in-call") onReconnected(info, gapMs);
        onChange();
      },
      onError: (cause) => this.#onConnectionError(cause),
    });
  }

  get callState(): CallState {
    return this.#call.state;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.pc?.connectionState ?? "new";
  }

  get connection(): PeerConnection | null {
    return this.#line.connection;
  }

  get pc(): RTCPeerConnection | null {
    return this.connection?.pc ?? null;
  }

  /** Why the connection is being recovered, while it is. */
  get trouble(): RecoveryCause | undefined {
    return this.#line.trouble;
  }

  /** Whether what they say arrives directly. */
  get alive(): boolean {
    return this.connectionState === "connected" && !this.trouble;
  }

  /** Connects ahead of the call, if that is wanted. Else they learn that we are here, perhaps again (D7). */
  warmUp(): void {
    if (this.#options.warm) this.#line.connect({ offer: true });
    else this.#line.stream.sendLoose();
  }

  /** Starts the call, or joins in if they have. Resolves when it is on, rejects with a `CignalError`. */
  call(): Promise<void> {
    const on = this.#whenOn();
    if (this.#call.send("call")) {
      this.#sayStart();
      this.#begin({ offer: true });
    }
    this.#settle();
    return on;
  }

  /** Sends any JSON. Resolves when a way has taken it; rejects with a `CignalError`, and sends it no more. */
  inform(data: InformData): Promise<void> {
    const late = () => new CignalError("timeout", this.#unreached(), { retryable: true });
    return inform(this.#line.stream, data, { timeoutMs: this.#options.timeoutMs, late });
  }

  /** What has come from them through the server. */
  receive(envelope: Envelope): void {
    this.#line.receive(envelope);
  }

  /** The server can be reached again; they may not know us any more. */
  onServerBack(): void {
    this.#line.stream.sendLoose();
    if (!this.alive) this.#line.stream.resend();
  }

  hint(cause: RecoveryHint): void {
    this.#line.hint(cause);
  }

  /** Says that this page leaves (`bye`), or goes away and may come back (P6). */
  say(type: "away" | "bye"): void {
    this.#line.stream.sendLoose({ type });
  }

  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    if (!this.#isCallOn()) return;
    this.connection?.setTracks(tracks);
    this.#line.stream.send({ type: "media", sending: this.#sending() });
  }

  setICEServers(iceServers: RTCIceServer[]): void {
    this.#line.setICEServers(iceServers);
  }

  end(): void {
    this.#line.end();
    this.#call.send("end");
    this.#giveUp(`${this.info.name} left before the call began.`);
  }

  #whenOn(): Promise<void> {
    return this.#callers.wait(() => void this.#giveUpInTime());
  }

  #isCallOn(): boolean {
    return this.#call.state === "calling" || this.#call.state === "in-call";
  }

  #onMessage(message: Parameters<PeerLineOptions["onMessage"]>[0]): void {
    switch (message.type) {
      case "start":
        return this.#onStart(message.sending);
      case "media":
        this.#media.announce(message.sending);
        return this.#showMedia();
      case "information":
        return this.#options.onInformation(this.info, message.data);
      case "bye":
        return this.#options.onBye(this.info);
    }
  }

  /** They have reloaded their page, or forgotten us while this one slept. A call that was on goes on (D7). */
  #onRestart(): void {
    this.#media.forget();
    if (this.#isCallOn()) this.#sayStart();
    this.#options.onChange();
  }

  #onState(state: RTCPeerConnectionState, connection: PeerConnection): void {
    log("%s: connection %s", this.info.id, state);
    this.#options.onChange();
    if (state === "failed" && !connection.wasOfUse) void this.#explain(connection);
    else this.#settle();
  }

  /** Says why there is no path. */
  async #explain(connection: PeerConnection): Promise<void> {
    const diagnosis = await connection.diagnose();
    if (this.#call.state === "ended") return;
    if (diagnosis) this.#options.onConnectionFailed(this.info, diagnosis);
    this.#giveUp(diagnosis?.message ?? this.#unreached());
  }

  async #giveUpInTime(): Promise<void> {
    const { connection } = this;
    const searching = connection?.pc.remoteDescription && !connection.wasOfUse;
    if (connection && searching) await this.#explain(connection);
    else this.#giveUp(this.#unreached());
  }

  #unreached(): string {
    const { timeoutMs, serverHeardAt } = this.#options;
    const { name } = this.info;
    if (serverHeardAt() > 0)
      return `${name} could not be reached in ${timeoutMs / 1000} s. Try again.`;
    return `The server cannot be reached, nor ${name} without it. Check the network here, then try again.`;
  }

  #onConnectionError(cause: unknown): void {
    const problem = `The connection to ${this.info.name} could not be negotiated.`;
    this.#options.onError(new CignalError("connection-failed", problem, { cause }));
    this.#giveUp(problem);
  }

  #onStart(sending: Sending): void {
    this.#media.announce(sending);
    const unasked = this.#call.state === "waiting";
    if (this.#call.send("remote-start")) {
      if (unasked) {
        this.#options.onCalled(this.info);
        this.#sayStart();
        // Nobody waits here, but they, too, want to know why nothing comes.
        this.#whenOn().catch(() => {});
      }
      this.#begin({ offer: false });
      this.#settle();
    }
    this.#showMedia();
  }

  /** Says it in place of what was said before and has not arrived. */
  #sayStart(): void {
    this.#line.stream.withdraw(this.#start);
    this.#start = this.#line.stream.send({ type: "start", sending: this.#sending() });
  }

  /** From here on we may connect and send. */
  #begin({ offer }: { offer: boolean }): void {
    this.#line.connect({ offer });
    this.connection?.setTracks(this.#tracks);
  }

  #showMedia(): void {
    const { connection } = this;
    if (connection && this.#call.state === "in-call") this.#media.update(connection.receivers);
  }

  #sending(): Sending {
    const { audio, video } = this.#tracks;
    return { audio: audio !== null, video: video !== null, revision: this.#sendingRevision++ };
  }

  /** Tells whoever waits for the call that it is on; otherwise they go on waiting. */
  #settle(): void {
    const on = this.#call.state === "in-call" && this.connectionState === "connected";
    if (on) this.#callers.succeed();
  }

  #giveUp(problem: string): void {
    if (this.#call.send("give-up")) {
      this.#line.stream.withdraw(this.#start);
      this.connection?.setTracks(NO_TRACKS);
    }
    this.#callers.fail(problem);
  }
}
