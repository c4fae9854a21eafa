import type { Envelope, PeerInfo, PeerMessage } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import { PeerStream } from "../data/peer-stream.js";
import { CignalError } from "../errors.js";
import type { LocalTracks } from "../media/local-media.js";
import type { SentQuality } from "../media/quality-options.js";
import type { RecoveryCause, RecoveryHint } from "./ice-restart.js";
import { PeerConnection, type PeerConnectionOptions } from "./peer-connection.js";
import { PeerLink } from "./peer-link.js";
import type { Recovery } from "./recovery.js";

const log = debug("line");

/** How many signals of a connection are kept while it may not be made yet. */
const UNHEARD_AT_MOST = 64;

/** How long an offer that came the long way round keeps its answer off the channel. */
const DOUBTED_MS = 3_000;

export interface PeerLineOptions {
  browser: Browser;
  info: PeerInfo;
  /** The polite peer gives way in glare (S5). */
  polite: boolean;
  /** Whether no address of either side may reach the other (C5). */
  relayOnly: boolean;
  /** Whether we watch alone (O11). */
  receiveOnly: boolean;
  iceServers: RTCIceServer[];
  quality: SentQuality;
  /** Sends through the server and tells what it answered, if it was asked; false if it cannot be reached now. */
  signal: (
    to: PeerInfo,
    envelope: Envelope,
    answered: ((error?: CignalError) => void) | undefined,
  ) => boolean;
  /** When the server was last heard of; 0 while it cannot be reached. */
  serverHeardAt: () => number;
  /** Whether there may be a connection now (P2). */
  mayConnect: () => boolean;
  /** What a new connection sends. */
  tracks: () => LocalTracks;
  onMessage: (message: PeerMessage) => void;
  /** They have begun anew and know nothing of us (D7). */
  onRestart: () => void;
  onReceivers: () => void;
  /** They have opened a channel of their own (P9). */
  onChannel: () => void;
  onState: (state: RTCPeerConnectionState, connection: PeerConnection) => void;
  /** Nothing arrives for the moment; in so many milliseconds the server may be needed. */
  onUnease: (forMs: number) => void;
  /** Nothing arrives from them, which may be nothing, and is a reason to see whether the server can be reached. */
  onDoubt: () => void;
  onTrouble: (cause: RecoveryCause) => void;
  /** It works again. If there was trouble, nothing arrived for `gapMs` milliseconds. */
  onRecovered: (gapMs: number | undefined) => void;
  /** No connection could be made or negotiated. */
  onError: (cause: unknown) => void;
}

/** The line to one peer: two ways for what is said, the connection for media, and what keeps them going. */
export class PeerLine {
  readonly #options: PeerLineOptions;
  readonly #link: PeerLink;
  readonly #stream: PeerStream;
  #recovery: Recovery | "loading" | "ended" | undefined;
  #trouble: RecoveryCause | undefined;
  /** Whether what is sent directly arrives, as far as we know. */
  #channelState: "sound" | "doubtful" = "sound";
  /** Until when the other side's word counts that the channel does not work. */
  #doubtedUntil = 0;
  #iceServers: RTCIceServer[];
  #quality: SentQuality;
  /** Signals for a connection that may not be made yet (P2). */
  #unheard: Parameters<PeerLink["receive"]>[] = [];

  constructor(options: PeerLineOptions) {
    const { browser, polite, receiveOnly } = options;
    this.#options = options;
    this.#iceServers = options.iceServers;
    this.#quality = options.quality;
    this.#link = new PeerLink({
      polite,
      mayOffer: !receiveOnly,
      newId: browser.randomId,
      makeConnection: (id, part) => this.#makeConnection(id, part),
      onEnded: (id) => this.#stream.forgetConnection(id),
      disown: (connection) => void this.#stream.send({ type: "ended", connection }),
      onError: options.onError,
    });
    this.#stream = new PeerStream({
      session: browser.randomId(),
      transmit: (envelope, handed) => this.#transmit(envelope, handed),
      deliver: (message, heard) => this.#deliver(message, heard),
      onRestart: () => {
        log("%s: began anew", options.info.id);
        this.#unheard = [];
        this.#link.close();
        options.onRestart();
      },
    });
  }

  get connection(): PeerConnection | null {
    return this.#link.connection;
  }

  /** Why the connection is being recovered, while it is. */
  get trouble(): RecoveryCause | undefined {
    return this.#trouble;
  }

  /** Where messages are numbered and repeated until they have arrived. */
  get stream(): PeerStream {
    return this.#stream;
  }

  /** Makes a connection, unless one is there that can still be of use, and hears what waited for it. */
  connect({ offer }: { offer: boolean }): void {
    void this.#watch();
    for (const signal of this.#unheard.splice(0)) this.#link.receive(...signal);
    if (offer) this.#link.connect();
  }

  /** What has come through the server. */
  receive(envelope: Envelope): void {
    const { message } = envelope;
    const offer = message?.type === "description" && message.description.type === "offer";
    // They would have used the channel if it worked for them.
    if (offer && message.connection === this.connection?.id) {
      this.#doubtedUntil = Date.now() + DOUBTED_MS;
    }
    this.#stream.receive(envelope);
  }

  hint(cause: RecoveryHint): void {
    if (this.#recovery instanceof Object) this.#recovery.hint(cause);
  }

  setICEServers(iceServers: RTCIceServer[]): void {
    this.#iceServers = iceServers;
    this.connection?.setICEServers(iceServers);
  }

  setQuality(quality: SentQuality): void {
    this.#quality = quality;
    this.connection?.setQuality(quality);
  }

  end(): void {
    if (this.#recovery instanceof Object) this.#recovery.stop();
    this.#recovery = "ended";
    this.#stream.close(new CignalError("nobody-here", `${this.#options.info.name} has left.`));
    this.#link.close();
  }

  /** Their own channel while it is sound, the server while it is not (P1). */
  #transmit(envelope: Envelope, handed: (error?: Error) => void): void {
    const channel = this.connection?.channel;
    const { number, message } = envelope;
    const direct = () => channel?.send(envelope) && handed();
    // A beat is about the channel, and who leaves tells the server anyway.
    const onlyDirect = number === 0 && message !== undefined;
    const doubtful = this.#channelState === "doubtful" || Date.now() < this.#doubtedUntil;
    if (onlyDirect || (!doubtful && channel?.state === "open")) return void direct();
    const answered = message?.type === "information" ? handed : undefined;
    if (!this.#options.signal(this.#options.info, envelope, answered)) direct();
  }

  #deliver(message: PeerMessage, heard: number): void {
    switch (message.type) {
      case "description":
      case "candidates":
      case "ended":
        if (this.#options.mayConnect()) return this.#link.receive(message, heard);
        this.#unheard.push([message, heard]);
        this.#unheard = this.#unheard.slice(-UNHEARD_AT_MOST);
        return;
      case "beat":
        if (this.#recovery instanceof Object) this.#recovery.beat(message.packetsSent);
        return;
      case "away":
        return this.hint("page-hidden");
      default:
        return this.#options.onMessage(message);
    }
  }

  #makeConnection(id: string, part: PeerConnectionOptions["part"]): PeerConnection {
    const { browser, polite, relayOnly, tracks, onReceivers, onChannel, onState, onError } =
      this.#options;
    const { info, receiveOnly } = this.#options;
    void this.#watch();
    const connection: PeerConnection = new PeerConnection({
      browser,
      id,
      part,
      polite,
      relayOnly,
      direction: receiveOnly ? "recvonly" : info.inspector ? "sendonly" : "sendrecv",
      iceServers: this.#iceServers,
      quality: this.#quality,
      tracks: tracks(),
      signal: (message) => this.#stream.send(message),
      onEnvelope: (envelope) => this.#stream.receive(envelope),
      onOpen: () => this.#stream.resend(),
      onReceivers,
      onChannel,
      onState: (state) => onState(state, connection),
      onError,
    });
    return connection;
  }

  /** What keeps a connection alive is loaded once there shall be one. */
  async #watch(): Promise<void> {
    if (this.#recovery) return;
    const { polite, serverHeardAt, mayConnect, ...tell } = this.#options;
    this.#recovery = "loading";
    const loaded = await import("./recovery.js").catch((error: unknown) => {
      log("recovery could not be loaded: %s", error);
      return undefined;
    });
    if (this.#isEnded()) return;
    this.#recovery =
      loaded &&
      new loaded.Recovery({
        polite,
        connection: () => this.connection,
        serverHeardAt,
        wanted: mayConnect,
        rebuild: () => this.#link.rebuild(),
        sendBeat: (packetsSent) => this.#stream.sendLoose({ type: "beat", packetsSent }),
        onUnease: tell.onUnease,
        onDoubt: () => {
          this.#channelState = "doubtful";
          this.#stream.resend();
          tell.onDoubt();
        },
        onTrouble: (cause) => {
          log("%s: %s", this.#options.info.id, cause);
          this.#trouble = cause;
          tell.onTrouble(cause);
        },
        onRecovered: (gapMs) => {
          this.#channelState = "sound";
          this.#trouble = undefined;
          tell.onRecovered(gapMs);
        },
      });
  }

  #isEnded(): boolean {
    return this.#recovery === "ended";
  }
}
