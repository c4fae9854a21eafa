import type { CandidatesMessage, DescriptionMessage, Envelope } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import { MessageChannel } from "../data/message-channel.js";
import type { LocalTracks } from "../media/local-media.js";
import type { SentQuality } from "../media/quality-options.js";
import { CandidateBatch } from "./candidate-batch.js";
import type { Diagnosis } from "./diagnosis.js";
import { Negotiation } from "./negotiation.js";
import { type PathReport, watchPath } from "./path-report.js";
import { inOrder, type SentKind, tune, wishFor } from "./quality.js";
import type { Receivers } from "./remote-media.js";
import { ScreenLines } from "./screen-lines.js";

export interface PeerConnectionOptions {
  browser: Browser;
  /** Names this connection in every signal (S3). */
  id: string;
  /** Whoever makes the connection lays out its media; the other one takes them over. */
  part: "offerer" | "answerer";
  polite: boolean;
  iceServers: RTCIceServer[];
  /** Whether no address of either side may reach the other (C5). */
  relayOnly: boolean;
  /** Of the call's media: one side may only receive, the other then only sends (O11). */
  direction: "sendrecv" | "sendonly" | "recvonly";
  tracks: LocalTracks;
  quality: SentQuality;
  /** Sends a message and returns its number. */
  signal: (message: DescriptionMessage | CandidatesMessage) => number;
  onEnvelope: (envelope: Envelope) => void;
  /** The message channel has opened. */
  onOpen: () => void;
  /** The other side has opened a channel of its own (P9). */
  onChannel: () => void;
  onState: (state: RTCPeerConnectionState) => void;
  /** The remote tracks exist; media may flow later. */
  onReceivers: () => void;
  onError: (error: unknown) => void;
}

const log = debug("connection");

type Kind = "audio" | "video";

/** How many channels the other side may have open. */
const INBOUND_AT_MOST = 64;

const KINDS: readonly Kind[] = ["audio", "video"];

/**
 * One RTCPeerConnection and all that dies with it: one audio and one video transceiver, which carry tracks only once
 * the call has started (P2), those of shared screens, a message channel, and the negotiation of all.
 */
export class PeerConnection {
  readonly id: string;
  readonly pc: RTCPeerConnection;
  readonly channel: MessageChannel;
  /** Channels that the other side has opened beside it and that are open still (P9). */
  inbound: readonly RTCDataChannel[] = [];
  /** When the other side's last description was put in place. */
  describedAt = 0;
  /** What was tried to find a path. */
  readonly #report: () => PathReport;
  readonly #browser: Browser;
  readonly #part: PeerConnectionOptions["part"];
  readonly #direction: PeerConnectionOptions["direction"];
  readonly #negotiation: Negotiation;
  readonly #candidates: CandidateBatch;
  readonly #screens: ScreenLines;
  /** The number of the first description that we sent, before that more than any. */
  #introduction = Number.POSITIVE_INFINITY;
  #wasOfUse = false;
  #transceivers: Partial<Record<Kind, RTCRtpTransceiver>> = {};
  #tracks: LocalTracks;
  #quality: SentQuality;
  /** How each kind is sent; at first as browsers do by themselves. */
  readonly #wishes: Record<SentKind, string>;

  constructor(options: PeerConnectionOptions) {
    const { browser, id, part, polite, iceServers, relayOnly, signal, onState, onReceivers } =
      options;
    this.id = id;
    this.#part = part;
    this.#direction = options.direction;
    this.#tracks = options.tracks;
    this.#quality = options.quality;
    const usual = (kind: SentKind) => JSON.stringify(wishFor(kind, {}, false));
    this.#wishes = { audio: usual("audio"), video: usual("video"), screen: usual("screen") };
    this.#browser = browser;
    const pc = browser.createPeerConnection({
      iceServers,
      iceTransportPolicy: relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.pc = pc;
    this.#screens = new ScreenLines(pc, (screen) =>
      this.#prefer(screen, "video", this.#quality.screen?.codecs),
    );
    this.#report = watchPath(pc);
    this.#candidates = new CandidateBatch((candidates) =>
      signal({ type: "candidates", connection: id, candidates }),
    );
    this.#negotiation = new Negotiation({
      pc,
      polite,
      send: (description) => {
        const number = signal({ type: "description", connection: id, description });
        this.#introduction = Math.min(this.#introduction, number);
      },
      onRemoteDescription: () => {
        this.describedAt = Date.now();
        if (!this.#transceivers.audio) this.#takeOver(pc.getTransceivers());
        onReceivers();
      },
      onError: options.onError,
    });
    this.channel = new MessageChannel(pc, {
      open: () => this.#whileOpen(options.onOpen),
      envelope: (envelope) => this.#whileOpen(() => options.onEnvelope(envelope)),
    });
    pc.addEventListener("datachannel", ({ channel }) =>
      this.#whileOpen(() => {
        if (this.inbound.length >= INBOUND_AT_MOST) return channel.close();
        this.inbound = [...this.inbound, channel];
        channel.addEventListener("close", () => {
          this.inbound = this.inbound.filter((other) => other !== channel);
        });
        options.onChannel();
      }),
    );
    pc.addEventListener("icecandidate", ({ candidate }) => {
      // An empty one marks the end of a generation (W3C webrtc, section 5.7.2); ICE does without the word.
      if (!candidate?.candidate) return this.#candidates.flush();
      const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      this.#candidates.add({
        candidate: candidate.candidate,
        sdpMid,
        sdpMLineIndex,
        usernameFragment,
      });
    });
    pc.addEventListener("connectionstatechange", () =>
      this.#whileOpen(() => {
        if (pc.connectionState === "connected") this.#wasOfUse = true;
        onState(pc.connectionState);
      }),
    );
    pc.addEventListener("signalingstatechange", () => this.#tune());
    if (part === "offerer") {
      this.#takeOver(
        KINDS.map((kind) => pc.addTransceiver(kind, { direction: options.direction })),
      );
      this.#negotiation.offer();
    }
  }

  /** The number of the message by which the other side hears of this connection, if it is one of ours. */
  get introduction(): number {
    return this.#part === "offerer" ? this.#introduction : 0;
  }

  /** Whether it has ever been connected: then its failure is a matter of recovery, not of a missing path. */
  get wasOfUse(): boolean {
    return this.#wasOfUse;
  }

  /** The tracks that come from the other side, once they are negotiated. */
  get receivers(): Receivers {
    if (!this.pc.remoteDescription) return {};
    const { audio, video } = this.#transceivers;
    return {
      ...(audio && { audio: audio.receiver.track }),
      ...(video && { video: video.receiver.track }),
      ...this.#screens.receivers(Object.values(this.#transceivers)),
    };
  }

  /** Why it finds no path. The sentences are loaded only then, if they can be: few calls need them. */
  async diagnose(): Promise<Diagnosis | undefined> {
    const report = this.#report();
    const loaded = await import("./diagnosis.js").catch(() => undefined);
    return loaded?.diagnose(report);
  }

  receive(message: DescriptionMessage | CandidatesMessage): void {
    if (message.type === "description") this.#negotiation.receive(message.description);
    else this.#negotiation.addCandidates(message.candidates);
  }

  /** Sends these tracks from now on. Only the first screen of a connection needs a negotiation. */
  setTracks(tracks: LocalTracks): void {
    const changed = KINDS.filter((kind) => tracks[kind] !== this.#tracks[kind]);
    this.#tracks = tracks;
    for (const kind of changed) this.#replaceTrack(kind);
    if (!this.#transceivers.audio) return;
    this.#screens.send(tracks);
    this.#tune();
  }

  /** Sends so from now on; codecs stay as they are. */
  setQuality(quality: SentQuality): void {
    this.#quality = quality;
    this.#tune();
  }

  /** Uses these servers from now on, and to find a path if there is none yet. */
  setICEServers(iceServers: RTCIceServer[]): void {
    // Closed by somebody else, and about to be made anew: then with these servers.
    if (this.pc.signalingState === "closed") return;
    this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
    const searching = this.pc.connectionState !== "connected";
    if (searching && this.#part === "offerer") this.pc.restartIce();
  }

  /** Looks for another path; what flows goes on meanwhile. */
  restart(): void {
    // An offer would follow.
    if (this.#direction === "recvonly") return;
    log("restart");
    this.pc.restartIce();
  }

  close(): void {
    this.#candidates.drop();
    this.pc.close();
  }

  /** The first transceiver of each kind is ours to send with; an answerer's would only receive by itself. */
  #takeOver(transceivers: RTCRtpTransceiver[]): void {
    for (const kind of KINDS) {
      const transceiver = transceivers.find(({ receiver }) => receiver.track.kind === kind);
      if (!transceiver) continue;
      transceiver.direction = this.#direction;
      this.#transceivers[kind] = transceiver;
      this.#replaceTrack(kind);
      this.#prefer(transceiver, kind, this.#quality[kind]?.codecs);
    }
    this.#screens.send(this.#tracks);
  }

  /** Has an effect on the next description (W3C webrtc, section 5.4). */
  #prefer(transceiver: RTCRtpTransceiver, kind: Kind, names: readonly string[] = []): void {
    if (names.length === 0) return;
    transceiver.setCodecPreferences(inOrder(this.#browser.codecs(kind), names));
  }

  /** A sender has parameters to change once it has been negotiated. */
  #tune(): void {
    if (this.pc.signalingState !== "stable" || !this.pc.remoteDescription) return;
    const { audio, video } = this.#transceivers;
    const senders = { audio: audio?.sender, video: video?.sender, screen: this.#screens.sender };
    const isSharing = this.#tracks.screenVideo !== null;
    for (const kind of ["audio", "video", "screen"] as const) {
      const sender = senders[kind];
      const wish = wishFor(kind, this.#quality, isSharing);
      const text = JSON.stringify(wish);
      if (!sender || text === this.#wishes[kind]) continue;
      this.#wishes[kind] = text;
      tune(sender, wish);
    }
  }

  #replaceTrack(kind: Kind): void {
    // Rejects only when the connection has been closed meanwhile.
    this.#transceivers[kind]?.sender.replaceTrack(this.#tracks[kind]).catch(() => {});
  }

  /** Events that the browser had queued before the connection was closed are of no interest. */
  #whileOpen(run: () => void): void {
    if (this.pc.signalingState !== "closed") run();
  }
}
