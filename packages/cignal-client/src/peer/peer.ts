import type {
  CandidatesMessage,
  DescriptionMessage,
  Envelope,
  PeerInfo,
  PeerMessage,
  Sending,
} from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import { PeerStream } from "../data/peer-stream.js";
import { CignalError } from "../errors.js";
import { Machine } from "../lib/machine.js";
import type { LocalTracks } from "../media/local-media.js";
import { Callers } from "./callers.js";
import type { RecoveryCause, RecoveryHint } from "./ice-restart.js";
import { PeerConnection, type PeerConnectionOptions } from "./peer-connection.js";
import { PeerLink } from "./peer-link.js";
import { type CallEvent, type CallState, callTransitions } from "./peer-machine.js";
import type { Recovery } from "./recovery.js";
import { RemoteMedia } from "./remote-media.js";

const log = debug("peer");

const NO_TRACKS: LocalTracks = { audio: null, video: null };

/** How many signals of a connection are kept while it may not be made yet. */
const UNHEARD_AT_MOST = 64;

/** What a peer needs from the outside and tells it. */
export interface PeerSurroundings {
  browser: Browser;
  /** Whether to connect before the call starts (P2). */
  warm: boolean;
  /** How long a call may take to begin, and a message to be taken, in milliseconds. */
  timeoutMs: number;
  /** Sends through the server and tells what it answered, if it was asked; false if it cannot be reached now. */
  signal: (
    to: PeerInfo,
    envelope: Envelope,
    answered: ((error?: CignalError) => void) | undefined,
  ) => boolean;
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
  /** The call state or the connection state changed. */
  onChange: () => void;
  onError: (error: CignalError) => void;
}

export interface PeerOptions extends PeerSurroundings {
  info: PeerInfo;
  /** The polite peer gives way in glare (S5). */
  polite: boolean;
  /** Whether no address of either side may reach the other (C5). */
  relayOnly: boolean;
  iceServers: RTCIceServer[];
  tracks: LocalTracks;
}

/** One remote person: the call with them, what they send, and the connection that carries it. */
export class Peer {
  readonly info: PeerInfo;
  readonly #options: PeerOptions;
  readonly #link: PeerLink;
  readonly #stream: PeerStream;
  readonly #media: RemoteMedia;
  readonly #call: Machine<CallState, CallEvent>;
  readonly #callers: Callers;
  #recovery: Recovery | undefined;
  #trouble: RecoveryCause | undefined;
  #tracks: LocalTracks;
  #iceServers: RTCIceServer[];
  /** The number of our `start`, which must not begin a call that we have given up. */
  #start = 0;
  #sendingRevision = 0;
  /** Signals for a connection that we do not want before the call starts (P2). */
  #unheard: (DescriptionMessage | CandidatesMessage)[] = [];

  constructor(options: PeerOptions) {
    const { info, browser, polite } = options;
    this.info = info;
    this.#options = options;
    this.#tracks = options.tracks;
    this.#iceServers = options.iceServers;
    this.#media = new RemoteMedia(browser, (stream) => options.onStream(info, stream));
    this.#callers = new Callers(options.timeoutMs);
    this.#call = new Machine(callTransitions, "waiting", (state) => {
      log("%s: %s", info.id, state);
      options.onChange();
    });
    this.#link = new PeerLink({
      polite,
      newId: browser.randomId,
      makeConnection: (id, part) => this.#makeConnection(id, part),
      onEnded: (id) => this.#stream.forgetConnection(id),
      onError: (cause) => this.#onConnectionError(cause),
    });
    this.#stream = new PeerStream({
      session: browser.randomId(),
      transmit: (envelope, handed) => this.#transmit(envelope, handed),
      deliver: (message) => this.#onMessage(message),
      onRestart: () => this.#onRestart(),
    });
  }

  get callState(): CallState {
    return this.#call.state;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.pc?.connectionState ?? "new";
  }

  get pc(): RTCPeerConnection | null {
    return this.connection?.pc ?? null;
  }

  get connection(): PeerConnection | null {
    return this.#link.connection;
  }

  /** Why the connection is being recovered, while it is. */
  get trouble(): RecoveryCause | undefined {
    return this.#trouble;
  }

  /** Whether what they say arrives directly. */
  get alive(): boolean {
    return this.connectionState === "connected" && !this.#trouble;
  }

  /** Connects ahead of the call, if that is wanted. */
  warmUp(): void {
    if (this.#options.warm) this.#link.connect();
  }

  /** Starts the call, or joins in if they have. Resolves when it is on, rejects with a `CignalError`. */
  call(): Promise<void> {
    const { timeoutMs } = this.#options;
    const on = this.#callers.wait(() =>
      this.#giveUp(`${this.info.name} could not be reached in ${timeoutMs / 1000} s. Try again.`),
    );
    if (this.#call.send("call")) {
      this.#start = this.#stream.send({ type: "start", sending: this.#sending() });
      this.#begin();
      this.#link.connect();
    }
    this.#settle();
    return on;
  }

  /** Sends any JSON. Resolves when a way has taken it; rejects with a `CignalError`, and then it never arrives. */
  inform(data: Extract<PeerMessage, { type: "information" }>["data"]): Promise<void> {
    const { timeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const late = `${this.info.name} could not be reached in ${timeoutMs / 1000} s. Try again.`;
      if (this.#stream.full) return reject(new CignalError("timeout", late, { retryable: true }));
      const timer = setTimeout(() => {
        this.#stream.withdraw(number);
        reject(new CignalError("timeout", late, { retryable: true }));
      }, timeoutMs);
      const number = this.#stream.send({ type: "information", data }, (error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** What has come from them through the server. */
  receive(envelope: Envelope): void {
    this.#stream.receive(envelope);
  }

  /** The server can be reached again; they may not know us any more. */
  onServerBack(): void {
    this.#stream.sendLoose();
    if (!this.alive) this.#stream.resend();
  }

  hint(cause: RecoveryHint): void {
    this.#recovery?.hint(cause);
  }

  /** Says that this page goes away and may come back (P6). */
  sayAway(): void {
    this.#stream.sendLoose({ type: "away" });
  }

  sayBye(): void {
    this.#stream.sendLoose({ type: "bye" });
  }

  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    if (!this.#isCallOn()) return;
    this.#link.connection?.setTracks(tracks);
    this.#stream.send({ type: "media", sending: this.#sending() });
  }

  setICEServers(iceServers: RTCIceServer[]): void {
    this.#iceServers = iceServers;
    this.#link.connection?.setICEServers(iceServers);
  }

  end(): void {
    this.#recovery?.stop();
    this.#stream.close(new CignalError("nobody-here", `${this.info.name} has left.`));
    this.#link.close();
    this.#call.send("end");
    this.#giveUp(`${this.info.name} left before the call began.`);
  }

  #isCallOn(): boolean {
    return this.#call.state === "calling" || this.#call.state === "in-call";
  }

  /** Their own channel while it is sound, the server while it is not (P1). */
  #transmit(envelope: Envelope, handed: (error?: Error) => void): void {
    const channel = this.#link.connection?.channel;
    const { number, message } = envelope;
    const direct = () => channel?.send(envelope) && handed();
    if (!this.#trouble && channel?.state === "open") return void direct();
    // A beat is about the channel, and who leaves tells the server anyway.
    if (number === 0 && message) return void direct();
    const answered = message?.type === "information" ? handed : undefined;
    if (!this.#options.signal(this.info, envelope, answered)) direct();
  }

  #onMessage(message: PeerMessage): void {
    switch (message.type) {
      case "description":
      case "candidates":
        return this.#receiveNegotiation(message);
      case "start":
        return this.#onStart(message.sending);
      case "media":
        return this.#onSending(message.sending);
      case "information":
        return this.#options.onInformation(this.info, message.data);
      case "beat":
        return this.#recovery?.beat(message.packetsSent);
      case "away":
        return this.#recovery?.hint("page-hidden");
      case "bye":
        return this.#options.onBye(this.info);
    }
  }

  /** They have reloaded their page, or forgotten us while this one slept. A call that was on goes on (D7). */
  #onRestart(): void {
    log("%s: began anew", this.info.id);
    this.#link.close();
    this.#unheard = [];
    this.#media.forget();
    if (this.#isCallOn()) this.#stream.send({ type: "start", sending: this.#sending() });
    this.#options.onChange();
  }

  #makeConnection(id: string, part: PeerConnectionOptions["part"]): PeerConnection {
    const { browser, polite, relayOnly } = this.#options;
    if (!this.#recovery) this.#watch();
    return new PeerConnection({
      browser,
      id,
      part,
      polite,
      relayOnly,
      iceServers: this.#iceServers,
      tracks: this.#isCallOn() ? this.#tracks : NO_TRACKS,
      signal: (message) => void this.#stream.send(message),
      onEnvelope: (envelope) => this.#stream.receive(envelope),
      onOpen: () => this.#stream.resend(),
      onReceivers: () => this.#showMedia(),
      onState: (state) => this.#onState(state),
      onError: (cause) => this.#onConnectionError(cause),
    });
  }

  /** What keeps a connection alive is loaded while the first one is being made. */
  #watch(): void {
    const { polite, warm, onReconnecting, onReconnected, onChange } = this.#options;
    const start = ({ Recovery: Loaded }: typeof import("./recovery.js")) => {
      if (this.#recovery || this.#call.state === "ended") return;
      this.#recovery = new Loaded({
        polite,
        connection: () => this.#link.connection,
        wanted: () => warm || this.#isCallOn(),
        rebuild: () => this.#link.rebuild(),
        sendBeat: (packetsSent) => this.#stream.sendLoose({ type: "beat", packetsSent }),
        onTrouble: (cause) => {
          log("%s: %s", this.info.id, cause);
          this.#trouble = cause;
          this.#stream.resend();
          if (this.#call.state === "in-call") onReconnecting(this.info, cause);
          onChange();
        },
        onRecovered: (gapMs) => {
          this.#trouble = undefined;
          if (this.#call.state === "in-call") onReconnected(this.info, gapMs);
          onChange();
        },
      });
    };
    import("./recovery.js").then(start, (error) => log("recovery could not be loaded: %s", error));
  }

  #onState(state: RTCPeerConnectionState): void {
    log("%s: connection %s", this.info.id, state);
    this.#options.onChange();
    if (state === "failed") {
      this.#giveUp(
        `No connection to ${this.info.name} could be made. A strict network on either side needs a TURN server.`,
      );
    } else this.#settle();
  }

  #onConnectionError(cause: unknown): void {
    const problem = `The connection to ${this.info.name} could not be negotiated.`;
    this.#options.onError(new CignalError("connection-failed", problem, { cause }));
    this.#giveUp(problem);
  }

  #receiveNegotiation(message: DescriptionMessage | CandidatesMessage): void {
    if (this.#options.warm || this.#isCallOn()) return this.#link.receive(message);
    this.#unheard = [...this.#unheard, message].slice(-UNHEARD_AT_MOST);
  }

  #onStart(sending: Sending): void {
    this.#media.announce(sending);
    const unasked = this.#call.state === "waiting";
    if (this.#call.send("remote-start")) {
      if (unasked) {
        this.#options.onCalled(this.info);
        this.#stream.send({ type: "start", sending: this.#sending() });
      }
      this.#begin();
      this.#settle();
    }
    this.#showMedia();
  }

  #onSending(sending: Sending): void {
    this.#media.announce(sending);
    this.#showMedia();
  }

  /** From here on we may connect and send. */
  #begin(): void {
    for (const message of this.#unheard.splice(0)) this.#link.receive(message);
    this.#link.connection?.setTracks(this.#tracks);
  }

  #showMedia(): void {
    const { connection } = this.#link;
    if (connection && this.#call.state === "in-call") this.#media.update(connection.receivers);
  }

  #sending(): Sending {
    const { audio, video } = this.#tracks;
    return { audio: audio !== null, video: video !== null, revision: this.#sendingRevision++ };
  }

  #settle(): void {
    const on = this.#call.state === "in-call" && this.connectionState === "connected";
    if (on) this.#callers.succeed();
  }

  #giveUp(problem: string): void {
    if (this.#call.send("give-up")) this.#stream.withdraw(this.#start);
    this.#callers.fail(problem);
  }
}
