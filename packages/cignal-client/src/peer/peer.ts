import type { Envelope, PeerInfo, Sending } from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import { type InformData, inform } from "../data/inform.js";
import { CignalError } from "../errors.js";
import { NO_TRACKS, type Outbound } from "../media/local-media.js";
import type { SentQuality } from "../media/quality-options.js";
import { Call } from "./call.js";
import type { RecoveryCause, RecoveryHint } from "./ice-restart.js";
import type { PeerConnection } from "./peer-connection.js";
import { PeerLine, type PeerLineOptions } from "./peer-line.js";
import type { CallState } from "./peer-machine.js";
import type { PeerSurroundings } from "./peer-surroundings.js";
import { type PeerMedia, RemoteMedia } from "./remote-media.js";

const log = debug("peer");

export interface PeerOptions
  extends PeerSurroundings,
    Pick<PeerLineOptions, "polite" | "relayOnly" | "receiveOnly" | "iceServers" | "quality"> {
  /** Is kept up to date. */
  info: PeerInfo;
  outbound: Outbound;
}

/** One remote person: the call with them, and what they send. */
export class Peer {
  /** Who has it sees each change. */
  readonly info: PeerInfo;
  readonly #options: PeerOptions;
  readonly #line: PeerLine;
  readonly #media: RemoteMedia;
  readonly #call: Call;
  #outbound: Outbound;
  #sendingRevision = 0;

  constructor(options: PeerOptions) {
    const { info, browser, warm, onReconnecting, onReconnected, onChange } = options;
    this.info = info;
    this.#options = options;
    this.#outbound = options.outbound;
    this.#media = new RemoteMedia(browser, {
      onStream: (stream) => options.onStream(info, stream),
      onScreen: (stream) => options.onScreen(info, stream),
    });
    this.#call = new Call({
      ...options,
      peer: info,
      connection: () => this.connection,
      isServerThere: () => options.serverHeardAt() > 0,
      stream: () => this.#line.stream,
      sending: () => this.#sending(),
      onBegin: (how) => {
        this.#line.connect(how);
        this.connection?.setTracks(this.#outbound);
        this.#showMedia();
      },
      onOver: () => {
        this.connection?.setTracks(NO_TRACKS);
        this.#media.end();
      },
      onCalled: () => options.onCalled(info),
      onIncoming: () => options.onIncoming(info),
      onCancelled: (reason) => options.onCancelled(info, reason),
      onFailed: (diagnosis) => options.onConnectionFailed(info, diagnosis),
      onChange,
    });
    this.#line = new PeerLine({
      ...options,
      mayConnect: () => warm || this.#call.isOn,
      tracks: () => (this.#call.isOn ? this.#outbound : NO_TRACKS),
      onMessage: (message) => this.#onMessage(message),
      onRestart: () => this.#onRestart(),
      onReceivers: () => this.#showMedia(),
      onChannel: onChange,
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

  /** Their microphone and camera; `null` until they have sent any. */
  get stream(): MediaStream | null {
    return this.#media.stream;
  }

  /** What they share; `null` while they do not. */
  get screenStream(): MediaStream | null {
    return this.#media.screen;
  }

  /** What they send. */
  get media(): PeerMedia {
    return this.#media.use;
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

  /** What the server says of them now. Returns whether that is news. */
  update(news: PeerInfo): boolean {
    if (JSON.stringify(news) === JSON.stringify(this.info)) return false;
    for (const field of Object.keys(this.info)) Reflect.deleteProperty(this.info, field);
    Object.assign(this.info, news);
    return true;
  }

  /** Connects ahead of the call, if that is wanted. Else they learn that we are here, perhaps again (D7). */
  warmUp(): void {
    if (this.#options.warm && !this.#options.receiveOnly) this.#line.connect({ offer: true });
    else this.#line.stream.sendLoose();
  }

  /** Starts the call, or accepts theirs. Resolves when it is on, rejects with a `CignalError`. */
  call(): Promise<void> {
    return this.#call.start();
  }

  /** Sends nothing any more to somebody who only watches. */
  stop(): void {
    this.#call.stop();
  }

  /** Answers their call, which rings here. */
  accept(): Promise<void> {
    return this.#call.accept();
  }

  reject(reason?: string): void {
    this.#call.reject(reason);
  }

  /** Takes our call back before it is answered. */
  cancel(): void {
    this.#call.cancel();
  }

  /** Sends any JSON. Resolves when a way has taken it; rejects with a `CignalError`, and sends it no more. */
  inform(data: InformData, topic?: string): Promise<void> {
    const late = () => new CignalError("timeout", this.#call.unreached, { retryable: true });
    return inform(this.#line.stream, { data, topic }, { timeoutMs: this.#options.timeoutMs, late });
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

  setOutbound(outbound: Outbound): void {
    this.#outbound = outbound;
    if (!this.#call.isOn) return;
    this.connection?.setTracks(outbound);
    this.#line.stream.send({ type: "media", sending: this.#sending() });
  }

  setICEServers(iceServers: RTCIceServer[]): void {
    this.#line.setICEServers(iceServers);
  }

  setQuality(quality: SentQuality): void {
    this.#line.setQuality(quality);
  }

  end(): void {
    this.#line.end();
    this.#call.end();
    this.#media.end();
  }

  #onMessage(message: Parameters<PeerLineOptions["onMessage"]>[0]): void {
    switch (message.type) {
      case "start":
        this.#call.receiveStart(message.call);
        this.#onSending(message.sending);
        return this.#showMedia();
      case "accept":
        this.#call.receiveAccept(message.call);
        this.#onSending(message.sending);
        return this.#showMedia();
      case "ringing":
        return this.#call.receiveRinging(message.call);
      case "reject":
        return this.#call.receiveReject(message.call, message.reason);
      case "cancel":
        return this.#call.receiveCancel(message.call, message.reason);
      case "media":
        this.#onSending(message.sending);
        return this.#showMedia();
      case "information":
        // Who only watches has nothing to say, whatever their client does (O11).
        if (this.info.inspector) return;
        return this.#options.onInformation(this.info, message.data, message.topic);
      case "bye":
        return this.#options.onBye(this.info);
    }
  }

  /** They have reloaded their page, or forgotten us while this one slept. A call that was on goes on (D7). */
  #onRestart(): void {
    this.#media.forget();
    this.#call.startAnew();
    this.#options.onChange();
  }

  #onState(state: RTCPeerConnectionState, connection: PeerConnection): void {
    log("%s: connection %s", this.info.id, state);
    this.#options.onChange();
    this.#call.onConnectionState(state, connection);
  }

  #onConnectionError(cause: unknown): void {
    const problem = `The connection to ${this.info.name} could not be negotiated.`;
    this.#options.onError(new CignalError("connection-failed", problem, { cause }));
    this.#call.fail(problem);
  }

  #onSending(sending: Sending): void {
    if (this.info.inspector || !this.#media.announce(sending)) return;
    this.#options.onMedia(this.info, this.#media.use);
    this.#options.onChange();
  }

  #showMedia(): void {
    const { connection } = this;
    if (connection && this.#call.state === "in-call") this.#media.update(connection.receivers);
  }

  #sending(): Sending {
    const { microphone, camera, screen } = this.#outbound;
    return { microphone, camera, screen, revision: this.#sendingRevision++ };
  }
}
