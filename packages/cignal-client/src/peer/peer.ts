import type {
  CandidatesMessage,
  DescriptionMessage,
  PeerInfo,
  PeerMessage,
  Sending,
  SignalMessage,
} from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import { CignalError } from "../errors.js";
import { Machine } from "../lib/machine.js";
import type { LocalTracks } from "../media/local-media.js";
import { PeerConnection, type PeerConnectionOptions } from "./peer-connection.js";
import { PeerLink } from "./peer-link.js";
import { type CallEvent, type CallState, callTransitions } from "./peer-machine.js";
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
  /** How long a call may take to begin, in milliseconds. */
  timeoutMs: number;
  /** Sends through the server. */
  signal: (to: PeerInfo, message: SignalMessage) => void;
  /** They started the call; it is answered by itself. */
  onCalled: (peer: PeerInfo) => void;
  onStream: (peer: PeerInfo, stream: MediaStream) => void;
  onInformation: (peer: PeerInfo, data: unknown) => void;
  /** They said that they leave. */
  onBye: (peer: PeerInfo) => void;
  /** The call state or the connection state changed. */
  onChange: () => void;
  onError: (error: CignalError) => void;
}

export interface PeerOptions extends PeerSurroundings {
  info: PeerInfo;
  /** The polite peer gives way in glare (S5). */
  polite: boolean;
  iceServers: RTCIceServer[];
  tracks: LocalTracks;
}

/** One remote person: the call with them, what they send, and the connection that carries it. */
export class Peer {
  readonly info: PeerInfo;
  readonly #options: PeerOptions;
  readonly #link: PeerLink;
  readonly #media: RemoteMedia;
  readonly #call: Machine<CallState, CallEvent>;
  #tracks: LocalTracks;
  #iceServers: RTCIceServer[];
  #sendingRevision = 0;
  /** Signals for a connection that we do not want before the call starts (P2). */
  #unheard: (DescriptionMessage | CandidatesMessage)[] = [];
  /** Those who wait for the call to be on. */
  #callers: ((error?: CignalError) => void)[] = [];

  constructor(options: PeerOptions) {
    this.info = options.info;
    this.#options = options;
    this.#tracks = options.tracks;
    this.#iceServers = options.iceServers;
    this.#media = new RemoteMedia(options.browser, (stream) =>
      options.onStream(options.info, stream),
    );
    this.#call = new Machine(callTransitions, "waiting", (state) => {
      log("%s: %s", options.info.id, state);
      options.onChange();
    });
    this.#link = new PeerLink({
      polite: options.polite,
      newId: options.browser.randomId,
      makeConnection: (id, part) => this.#makeConnection(id, part),
      onError: (cause) => this.#onConnectionError(cause),
    });
  }

  get callState(): CallState {
    return this.#call.state;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.pc?.connectionState ?? "new";
  }

  get pc(): RTCPeerConnection | null {
    return this.#link.connection?.pc ?? null;
  }

  /** Connects ahead of the call, if that is wanted. */
  warmUp(): void {
    if (this.#options.warm) this.#link.connect();
  }

  /** Starts the call, or joins in if they have. Resolves when it is on, rejects with a `CignalError`. */
  call(): Promise<void> {
    const on = this.#whenOn();
    if (this.#call.send("call")) {
      this.#send({ type: "start", sending: this.#sending() });
      this.#begin();
      this.#link.connect();
    }
    return on;
  }

  receive(message: PeerMessage): void {
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
      case "bye":
        return this.#options.onBye(this.info);
    }
  }

  /** Sends over the peers' own channel; false when it is not open. */
  sendDirectly(message: PeerMessage): boolean {
    const channel = this.#link.connection?.channel;
    if (!channel?.open) return false;
    try {
      channel.send(message);
      return true;
    } catch {
      log("%s: the channel's buffer is full", this.info.id);
      return false;
    }
  }

  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    if (!this.#isCallOn()) return;
    this.#link.connection?.setTracks(tracks);
    this.#send({ type: "media", sending: this.#sending() });
  }

  setICEServers(iceServers: RTCIceServer[]): void {
    this.#iceServers = iceServers;
    this.#link.connection?.setICEServers(iceServers);
  }

  end(): void {
    this.#link.close();
    this.#call.send("end");
    this.#settle({ failed: `${this.info.name} left before the call began.` });
  }

  #isCallOn(): boolean {
    return this.#call.state === "calling" || this.#call.state === "in-call";
  }

  #makeConnection(id: string, part: PeerConnectionOptions["part"]): PeerConnection {
    const { browser, polite, onChange } = this.#options;
    return new PeerConnection({
      browser,
      id,
      part,
      polite,
      iceServers: this.#iceServers,
      tracks: this.#isCallOn() ? this.#tracks : NO_TRACKS,
      signal: (message) => this.#send(message),
      onMessage: (message) => this.receive(message),
      onReceivers: () => this.#showMedia(),
      onState: (state) => {
        log("%s: connection %s", this.info.id, state);
        onChange();
        if (state === "failed")
          this.#settle({
            failed: `No connection to ${this.info.name} could be made. A strict network on either side needs a TURN server.`,
          });
        else this.#settle();
      },
      onError: (cause) => this.#onConnectionError(cause),
    });
  }

  #onConnectionError(cause: unknown): void {
    const problem = `The connection to ${this.info.name} could not be negotiated.`;
    this.#options.onError(new CignalError("connection-failed", problem, { cause }));
    this.#settle({ failed: problem });
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
        this.#send({ type: "start", sending: this.#sending() });
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

  #send(message: SignalMessage): void {
    if (!this.sendDirectly(message)) this.#options.signal(this.info, message);
  }

  #whenOn(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const { timeoutMs } = this.#options;
      const timer = setTimeout(
        () =>
          this.#settle({ failed: `${this.info.name} could not be reached in time. Try again.` }),
        timeoutMs,
      );
      this.#callers.push((error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
      this.#settle();
    });
  }

  /** Tells whoever waits for the call that it is on, or has failed; otherwise they go on waiting. */
  #settle(outcome?: { failed: string }): void {
    if (outcome) {
      this.#call.send("give-up");
      const error = new CignalError("connection-failed", outcome.failed, { retryable: true });
      for (const answer of this.#callers.splice(0)) answer(error);
    } else if (this.#call.state === "in-call" && this.connectionState === "connected") {
      for (const answer of this.#callers.splice(0)) answer();
    }
  }
}
