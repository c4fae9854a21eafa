import type * as Werift from "werift";
import { CandidateLimit } from "./candidate-limit.js";
import { countNamesInBytes } from "./channel-names.js";
import { configure } from "./configure.js";
import { IceAgent } from "./ice-agent.js";
import { NodeDataChannel } from "./node-data-channel.js";
import { NodeTransceiver } from "./node-transceiver.js";
import { guardSctp } from "./sctp-guard.js";
import { type Description, forWerift, isRelayed, midsOf, withRelaysAlone } from "./sdp-text.js";
import { TransportFeedback } from "./transport-feedback.js";

interface CandidateInit {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/**
 * werift's RTCPeerConnection with the behaviour of W3C webrtc on which Cignal builds: descriptions without an argument,
 * events that bubble to real listeners, `negotiationneeded` exactly when it is, one track for each receiver.
 */
export class NodePeerConnection extends EventTarget {
  readonly #werift: typeof Werift;
  readonly #pc: Werift.RTCPeerConnection;
  readonly #ice: IceAgent;
  readonly #feedback: TransportFeedback;
  readonly #candidates = new CandidateLimit();
  readonly #transceivers = new Map<Werift.RTCRtpTransceiver, NodeTransceiver>();
  #configuration: RTCConfiguration;
  #connectionState: RTCPeerConnectionState = "new";
  #signalingState: RTCSignalingState = "stable";
  #local: { current: Description | null; pending: Description | null } = {
    current: null,
    pending: null,
  };
  #restart: "none" | "asked" | "offered" = "none";
  #described: Promise<unknown> = Promise.resolve();
  #negotiation: NodeJS.Immediate | undefined;
  #channels: "none" | "some" = "none";
  #mended: Werift.RTCSctpTransport["sctp"] | undefined;

  constructor(werift: typeof Werift, configuration: RTCConfiguration = {}) {
    super();
    this.#werift = werift;
    this.#configuration = configuration;
    this.#pc = new werift.RTCPeerConnection(configure(werift, configuration));
    this.#ice = new IceAgent(werift, this.#pc, {
      configuration: () => this.#configuration,
      onState: (state) => this.#onConnectionState(state),
    });
    this.#feedback = new TransportFeedback(werift, (report) => {
      void this.#pc.dtlsTransports[0]?.sendRtcp([report]).catch(() => {});
    });
    this.#pc.onIceCandidate.subscribe((candidate) => {
      if (!candidate || (this.#relayOnly && !isRelayed(candidate.candidate ?? ""))) return;
      // After the description that it belongs to, which is sent as soon as there is one.
      void this.#described.then(() =>
        setImmediate(() => this.#tell("icecandidate", { candidate: describe(candidate) })),
      );
    });
    this.#pc.onDataChannel.subscribe((channel) =>
      this.#tell("datachannel", { channel: new NodeDataChannel(channel) }),
    );
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#connectionState;
  }

  get signalingState(): RTCSignalingState {
    return this.#signalingState;
  }

  get localDescription(): Description | null {
    return this.#local.pending ?? this.#local.current;
  }

  get remoteDescription(): Description | null {
    return this.#pc.remoteDescription as Description | null;
  }

  getConfiguration(): RTCConfiguration {
    return this.#configuration;
  }

  /** Servers hold from the next ICE restart on. */
  setConfiguration(configuration: RTCConfiguration): void {
    this.#configuration = configuration;
    this.#ice.useServers();
  }

  addTransceiver(
    kind: "audio" | "video",
    { direction }: { direction?: NodeTransceiver["direction"] } = {},
  ): NodeTransceiver {
    const added = this.#pc.addTransceiver(kind, { direction });
    this.#needNegotiation();
    return this.#wrap(added);
  }

  getTransceivers(): NodeTransceiver[] {
    return this.#pc.getTransceivers().map((each) => this.#wrap(each));
  }

  getSenders(): NodeTransceiver["sender"][] {
    return this.getTransceivers().map(({ sender }) => sender);
  }

  getReceivers(): NodeTransceiver["receiver"][] {
    return this.getTransceivers().map(({ receiver }) => receiver);
  }

  createDataChannel(label: string, options: RTCDataChannelInit = {}): NodeDataChannel {
    this.#channels = "some";
    const channel = new NodeDataChannel(this.#pc.createDataChannel(label, options));
    this.#mendSctp();
    this.#needNegotiation();
    return channel;
  }

  restartIce(): void {
    this.#restart = "asked";
    this.#pc.restartIce();
    this.#needNegotiation();
  }

  /** Makes the offer or answer that is due. */
  async setLocalDescription(): Promise<void> {
    const isOffer = this.#signalingState !== "have-remote-offer";
    const described = this.#pc.setLocalDescription();
    this.#described = described.catch(() => {});
    await described;
    const description = this.#describe();
    this.#local = isOffer
      ? { ...this.#local, pending: description }
      : { current: description, pending: null };
    if (this.#restart === "asked" && isOffer) this.#restart = "offered";
    const mids = midsOf(description);
    for (const transceiver of this.getTransceivers()) {
      const { mid, direction } = transceiver;
      transceiver.described = mid && mids.includes(mid) ? direction : undefined;
    }
    this.#settle();
  }

  async setRemoteDescription({ type, sdp }: Description): Promise<void> {
    const rollsBack = type === "offer" && this.#signalingState === "have-local-offer";
    const reserved = type === "offer" ? this.#reserve() : [];
    try {
      await this.#pc.setRemoteDescription({
        type,
        sdp: this.#candidates.description(forWerift(sdp)),
      });
    } finally {
      for (const transceiver of reserved) {
        transceiver.mid = null;
        transceiver.mLineIndex = undefined;
      }
    }
    this.#mendSctp();
    const { current, pending } = this.#local;
    if (rollsBack && this.#restart === "offered") this.#restart = "asked";
    if (type === "answer") {
      this.#restart = this.#restart === "offered" ? "none" : this.#restart;
      this.#local = { current: pending ?? current, pending: null };
    } else this.#local = { current, pending: null };
    this.#settle();
  }

  async addIceCandidate({ candidate: text, ...where }: CandidateInit): Promise<void> {
    const candidate = forWerift(text);
    if (!candidate || !this.#candidates.passes(candidate)) return;
    await this.#pc.addIceCandidate({
      candidate,
      sdpMid: where.sdpMid ?? undefined,
      sdpMLineIndex: where.sdpMLineIndex ?? undefined,
      usernameFragment: where.usernameFragment ?? undefined,
    });
  }

  /** Counters of packets and bytes, loss, jitter, round trips and candidate pairs; nothing of pictures and sound. */
  getStats(): Promise<ReadonlyMap<string, unknown>> {
    return this.#pc.getStats();
  }

  close(): void {
    if (this.#signalingState === "closed") return;
    this.#signalingState = "closed";
    this.#connectionState = "closed";
    this.#ice.close();
    this.#feedback.close();
    for (const transceiver of this.#transceivers.values()) transceiver.end();
    void this.#pc.close();
  }

  get #relayOnly(): boolean {
    return this.#configuration.iceTransportPolicy === "relay";
  }

  #wrap(transceiver: Werift.RTCRtpTransceiver): NodeTransceiver {
    const known = this.#transceivers.get(transceiver);
    if (known) return known;
    const wrapped = new NodeTransceiver(this.#werift, transceiver, {
      feedback: this.#feedback,
      onChange: () => this.#needNegotiation(),
    });
    this.#transceivers.set(transceiver, wrapped);
    return wrapped;
  }

  /** Before anything can come over it. */
  #mendSctp(): void {
    const { sctpTransport } = this.#pc;
    if (!sctpTransport || sctpTransport.sctp === this.#mended) return;
    this.#mended = sctpTransport.sctp;
    guardSctp(sctpTransport);
    countNamesInBytes(sctpTransport);
  }

  #describe(): Description {
    const { type, sdp } = this.#pc.localDescription as Description;
    return { type, sdp: this.#relayOnly ? withRelaysAlone(sdp) : sdp };
  }

  /** Transceivers of ours that the other side does not know yet must not become those that it offers (RFC 8829, 5.10). */
  #reserve(): Werift.RTCRtpTransceiver[] {
    const known = midsOf(this.#local.current);
    const ours = this.#pc.getTransceivers().filter(({ mid }) => !mid || !known.includes(mid));
    for (const [index, transceiver] of ours.entries()) transceiver.mid = `reserved ${index}`;
    return ours;
  }

  #onConnectionState(state: "connecting" | "connected" | "failed"): void {
    if (state === this.#connectionState) return;
    this.#connectionState = state;
    if (state === "connected") for (const sender of this.getSenders()) sender.begin();
    this.#tell("connectionstatechange");
  }

  /** A description is in place. */
  #settle(): void {
    const { signalingState } = this.#pc;
    if (this.#signalingState === "closed" || signalingState === this.#signalingState) return;
    this.#signalingState = signalingState;
    this.#tell("signalingstatechange");
    if (signalingState !== "stable") return;
    this.#ice.check();
    this.#needNegotiation();
  }

  /** In a task of its own, so that many changes are one negotiation (W3C webrtc, section 4.7.3). */
  #needNegotiation(): void {
    this.#negotiation ??= setImmediate(() => {
      this.#negotiation = undefined;
      if (this.#signalingState === "stable" && this.#isNegotiationNeeded()) {
        this.#tell("negotiationneeded");
      }
    });
  }

  #isNegotiationNeeded(): boolean {
    const { current } = this.#local;
    if (this.#restart === "asked") return true;
    if (this.#channels === "some" && !current?.sdp.includes("m=application")) return true;
    return this.getTransceivers().some(({ described, direction }) => described !== direction);
  }

  #tell(type: string, properties: object = {}): void {
    if (this.#signalingState === "closed") return;
    this.dispatchEvent(Object.assign(new Event(type), properties));
  }
}

/** As a browser's event has it. */
function describe(found: Werift.RTCIceCandidate) {
  const { candidate = "", sdpMid, sdpMLineIndex, usernameFragment } = found;
  const [, type] = /\btyp (\w+)/.exec(candidate) ?? [];
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment, type };
}
