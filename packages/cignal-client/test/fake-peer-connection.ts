/**
 * A model of RTCPeerConnection: its signalling states, transceivers, candidates and one negotiated channel, over paths
 * that a test can break and an ICE restart finds anew.
 */

type Kind = "audio" | "video";

interface FakeSdp {
  /** Names the connection that made it, and after a colon the restart. */
  ufrag: string;
  kinds: Kind[];
  directions: RTCRtpTransceiverDirection[];
}

const opposite: Record<string, RTCRtpTransceiverDirection> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

export class FakeTrack {
  readyState: "live" | "ended" = "live";
  constructor(readonly kind: Kind) {}
  stop(): void {
    this.readyState = "ended";
  }
}

class FakeTransceiver {
  mid: string | null = null;
  currentDirection: RTCRtpTransceiverDirection | null = null;
  readonly receiver: { track: FakeTrack };
  readonly sender = {
    track: null as FakeTrack | null,
    replaceTrack: async (track: FakeTrack | null): Promise<void> => {
      this.sender.track = track;
    },
  };

  constructor(
    kind: Kind,
    public direction: RTCRtpTransceiverDirection,
  ) {
    this.receiver = { track: new FakeTrack(kind) };
  }
}

class FakeChannel extends EventTarget {
  readyState: "connecting" | "open" | "closed" = "connecting";
  other: FakeChannel | null = null;
  /** What waits for a path, in order. */
  #queue: string[] = [];

  constructor(readonly hasPath: () => boolean) {
    super();
  }

  send(data: string): void {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    this.#queue.push(data);
    this.flush();
  }

  flush(): void {
    const { other } = this;
    if (!this.hasPath()) return;
    for (const data of this.#queue.splice(0)) {
      queueMicrotask(() => {
        if (other?.readyState === "open") {
          other.dispatchEvent(new MessageEvent("message", { data }));
        }
      });
    }
  }
}

/** Where the connections of one test find each other. */
export class FakeNetwork {
  readonly connections: FakePeerConnection[] = [];

  readonly create = (configuration: RTCConfiguration): RTCPeerConnection => {
    const pc = new FakePeerConnection(this, configuration);
    this.connections.push(pc);
    return pc as unknown as RTCPeerConnection;
  };

  find(ufrag: string): FakePeerConnection | undefined {
    return this.connections.find((pc) => pc.id === ufrag.split(":")[0]);
  }

  /** Every path that there is carries nothing any more; a restart finds another one. */
  breakPaths(): void {
    for (const pc of this.connections) pc.path = "broken";
  }
}

export class FakePeerConnection extends EventTarget {
  readonly id = `u${Math.random().toString(36).slice(2)}`;
  /** Whether what is sent arrives at the other side. */
  path: "working" | "broken" = "working";
  readonly channel = new FakeChannel(() => this.path === "working");
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { type: "offer" | "answer"; sdp: string } | null = null;
  remoteDescription: { type: "offer" | "answer"; sdp: string } | null = null;
  applied: RTCIceCandidateInit[] = [];
  /** How often ICE was restarted, and how often it shall be. */
  #generation = 0;
  #wantedGeneration = 0;
  #receivedUntil = Date.now();
  #packetsReceived = 0;
  #packetsSent = 0;
  readonly #transceivers: FakeTransceiver[] = [];

  constructor(
    readonly network: FakeNetwork,
    private configuration: RTCConfiguration,
  ) {
    super();
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  createDataChannel(): FakeChannel {
    this.#askForNegotiation();
    return this.channel;
  }

  addTransceiver(kind: Kind, init: { direction: RTCRtpTransceiverDirection }): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, init.direction);
    this.#transceivers.push(transceiver);
    this.#askForNegotiation();
    return transceiver;
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#transceivers];
  }

  get ufrag(): string {
    return `${this.id}:${this.#generation}`;
  }

  restartIce(): void {
    this.#wantedGeneration = this.#generation + 1;
    this.#askForNegotiation();
  }

  /** 50 packets a second for each track that is sent. */
  async getStats(): Promise<Map<string, object>> {
    const other = this.#remote();
    const packets = Math.floor((Date.now() - this.#receivedUntil) / 20);
    this.#receivedUntil += packets * 20;
    const sent = (pc: FakePeerConnection) => pc.#transceivers.filter(({ sender }) => sender.track);
    this.#packetsSent += packets * sent(this).length;
    const flows = this.connectionState === "connected" && this.path === "working";
    if (flows && other) this.#packetsReceived += packets * sent(other).length;
    return new Map([
      ["in", { type: "inbound-rtp", packetsReceived: this.#packetsReceived }],
      ["out", { type: "outbound-rtp", packetsSent: this.#packetsSent }],
    ]);
  }

  async setLocalDescription(): Promise<void> {
    this.#assertOpen();
    await Promise.resolve();
    if (this.signalingState === "closed") return new Promise(() => {});
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.#transceivers.forEach((transceiver, index) => {
      transceiver.mid ??= String(index);
    });
    const sdp: FakeSdp = {
      ufrag: this.ufrag,
      kinds: this.#transceivers.map(({ receiver }) => receiver.track.kind),
      directions: this.#transceivers.map(({ direction }) => direction),
    };
    const remoteGeneration = Number(this.#remoteSdp()?.ufrag.split(":")[1] ?? 0);
    this.#generation = Math.max(this.#wantedGeneration, type === "answer" ? remoteGeneration : 0);
    this.#wantedGeneration = this.#generation;
    sdp.ufrag = this.ufrag;
    this.localDescription = { type, sdp: JSON.stringify(sdp) };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    if (type === "answer") this.#settleDirections();
    this.#gather();
    this.#connectIfPossible();
  }

  async setRemoteDescription(description: {
    type: "offer" | "answer";
    sdp: string;
  }): Promise<void> {
    this.#assertOpen();
    await Promise.resolve();
    if (this.signalingState === "closed") return new Promise(() => {});
    const sdp: FakeSdp = JSON.parse(description.sdp);
    if (sdp.ufrag !== this.#remoteSdp()?.ufrag) this.applied = [];
    if (description.type === "answer" && this.signalingState !== "have-local-offer") {
      throw new DOMException("no offer", "InvalidStateError");
    }
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    sdp.kinds.forEach((kind, index) => {
      // As JSEP has it, a new transceiver for an offered section would only receive (RFC 8829, section 5.10).
      this.#transceivers[index] ??= new FakeTransceiver(kind, "recvonly");
    });
    if (description.type === "answer") this.#settleDirections();
    this.#connectIfPossible();
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    this.#assertOpen();
    await Promise.resolve();
    if (!this.remoteDescription) throw new DOMException("no description", "InvalidStateError");
    if (candidate.usernameFragment !== this.#remoteSdp()?.ufrag) {
      throw new DOMException("unknown ufrag", "OperationError");
    }
    this.applied.push(candidate);
    this.#connectIfPossible();
  }

  close(): void {
    const other = this.#remote();
    this.signalingState = "closed";
    this.connectionState = "closed";
    this.channel.readyState = "closed";
    if (other?.channel.other === this.channel) other.channel.readyState = "closed";
  }

  /** As when the network finds no path. */
  fail(): void {
    this.#setConnectionState("failed");
  }

  #remoteSdp(): FakeSdp | undefined {
    return this.remoteDescription ? JSON.parse(this.remoteDescription.sdp) : undefined;
  }

  #remote(): FakePeerConnection | undefined {
    const sdp = this.#remoteSdp();
    return sdp && this.network.find(sdp.ufrag);
  }

  #assertOpen(): void {
    if (this.signalingState === "closed") throw new DOMException("closed", "InvalidStateError");
  }

  #settleDirections(): void {
    const remote: FakeSdp = JSON.parse(this.remoteDescription?.sdp ?? "{}");
    this.#transceivers.forEach((transceiver, index) => {
      const theirs = opposite[remote.directions[index] ?? "inactive"];
      transceiver.currentDirection =
        theirs === "sendrecv" ? transceiver.direction : (theirs ?? "inactive");
    });
  }

  #gather(): void {
    for (const port of [1, 2]) {
      queueMicrotask(() => {
        if (this.signalingState === "closed") return;
        const candidate = {
          candidate: `candidate:${port} 1 udp 1 192.0.2.1 ${port} typ host`,
          sdpMid: "0",
          sdpMLineIndex: 0,
          usernameFragment: this.ufrag,
        };
        this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
      });
    }
  }

  /** Both have both descriptions and a candidate of the other: that is a path. */
  #connectIfPossible(): void {
    const other = this.#remote();
    if (!other || other.#remote() !== this) return;
    const ready = (pc: FakePeerConnection) =>
      pc.signalingState === "stable" && pc.applied.length > 0 && pc.connectionState !== "closed";
    if (!ready(this) || !ready(other)) return;
    if (this.#remoteSdp()?.ufrag !== other.ufrag || other.#remoteSdp()?.ufrag !== this.ufrag)
      return;
    const known = this.channel.other !== null;
    for (const [pc, peer] of [
      [this, other],
      [other, this],
    ] as const) {
      pc.channel.other = peer.channel;
      pc.path = "working";
      if (pc.connectionState !== "connected") pc.#setConnectionState("connected");
    }
    if (known) {
      for (const pc of [this, other]) pc.channel.flush();
      return;
    }
    for (const pc of [this, other]) {
      pc.channel.readyState = "open";
      queueMicrotask(() => pc.channel.dispatchEvent(new Event("open")));
    }
  }

  #setConnectionState(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    queueMicrotask(() => this.dispatchEvent(new Event("connectionstatechange")));
  }

  #askForNegotiation(): void {
    queueMicrotask(() => {
      if (this.signalingState === "stable") this.dispatchEvent(new Event("negotiationneeded"));
    });
  }
}
