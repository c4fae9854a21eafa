import { FakeChannel } from "./fake-channel.js";
import { type Description, Descriptions, type FakeSdp, read } from "./fake-descriptions.js";
import { FakeTransceiver, type Kind } from "./fake-media.js";

/** A task of its own: the promises that have just settled are heard before. */
const queueTask = (run: () => void) => {
  let task = Promise.resolve();
  for (let i = 0; i < 5; i++) task = task.then(() => {});
  void task.then(run);
};

const opposite: Record<string, RTCRtpTransceiverDirection> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

/** Where the connections of one test find each other. */
export class FakeNetwork {
  readonly connections: FakePeerConnection[] = [];
  /** Whether a path can be found at all. */
  state: "working" | "blocked" = "working";

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
    for (const pc of this.connections) pc.breakPath();
  }

  /** Nothing passes and no path is found until `unblock`. */
  block(): void {
    this.state = "blocked";
    this.breakPaths();
  }

  unblock(): void {
    this.state = "working";
    for (const pc of this.connections) pc.healPath();
  }
}

/**
 * A model of RTCPeerConnection: its signalling states with rollback, transceivers, candidates and one negotiated
 * channel, over paths that a test can break and an ICE restart finds anew.
 */
export class FakePeerConnection extends EventTarget {
  readonly id: string;
  /** Whether what is sent arrives at the other side. */
  path: "working" | "broken" = "working";
  readonly channel = new FakeChannel(() => this.path === "working");
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  applied: RTCIceCandidateInit[] = [];
  readonly #local = new Descriptions();
  readonly #remote = new Descriptions();
  /** How many ICE credentials were made, and which of them a restart shall replace. */
  #generations = 0;
  #toReplace: (string | undefined)[] = [];
  /** Credentials with which no path is found any more. */
  #spent: string | undefined;
  #negotiationNeeded: "no" | "asked for" = "no";
  #countedUntil = Date.now();
  #packetsReceived = 0;
  #packetsSent = 0;
  readonly #transceivers: FakeTransceiver[] = [];
  /** Those that are agreed upon, in the order of their sections in a description, and those of the open exchange. */
  #sections: FakeTransceiver[] = [];
  #proposed: FakeTransceiver[] = [];

  constructor(
    readonly network: FakeNetwork,
    private configuration: RTCConfiguration,
  ) {
    super();
    this.id = `u${network.connections.length}`;
  }

  get localDescription(): Description | null {
    return this.#local.latest;
  }

  get remoteDescription(): Description | null {
    return this.#remote.latest;
  }

  get ufrag(): string | undefined {
    return read(this.#local.latest)?.ufrag;
  }

  /** The open connection at the other end, once each has heard of the other. */
  get other(): FakePeerConnection | undefined {
    const ufrag = read(this.#remote.latest)?.ufrag;
    const other = ufrag ? this.network.find(ufrag) : undefined;
    const theirs = read(other?.remoteDescription ?? null)?.ufrag;
    const mutual = theirs !== undefined && this.network.find(theirs) === this;
    return mutual && other?.signalingState !== "closed" ? other : undefined;
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.#assertOpen();
    this.configuration = configuration;
  }

  createDataChannel(): FakeChannel {
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

  getSenders(): FakeTransceiver["sender"][] {
    return this.#transceivers.map(({ sender }) => sender);
  }

  restartIce(): void {
    const { current, pending } = this.#local;
    this.#toReplace = [current, pending].flatMap((local) => read(local)?.ufrag ?? []);
    this.#askForNegotiation();
  }

  /** 50 packets a second for each track that is sent while connected; they arrive if its path works. */
  async getStats(): Promise<Map<string, object>> {
    const { other } = this;
    const packets = Math.floor((Date.now() - this.#countedUntil) / 20);
    this.#countedUntil += packets * 20;
    const sends = (pc: FakePeerConnection | undefined) =>
      pc?.connectionState === "connected"
        ? pc.#transceivers.filter(({ sender }) => sender.track).length
        : 0;
    this.#packetsSent += packets * sends(this);
    const flows = this.connectionState === "connected" && other?.path === "working";
    if (flows) this.#packetsReceived += packets * sends(other);
    return new Map([
      ["in", { type: "inbound-rtp", packetsReceived: this.#packetsReceived }],
      ["out", { type: "outbound-rtp", packetsSent: this.#packetsSent }],
    ]);
  }

  async setLocalDescription(): Promise<void> {
    this.#assertOpen();
    await Promise.resolve();
    if (this.#isClosed()) return new Promise(() => {});
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    if (type === "offer") {
      const added = this.#transceivers.filter((each) => !this.#sections.includes(each));
      this.#propose([...this.#sections, ...added]);
    }
    const before = read(this.#local.current)?.ufrag;
    const restarts =
      type === "offer"
        ? this.#toReplace.length > 0
        : read(this.#remote.pending)?.ufrag !== read(this.#remote.current)?.ufrag;
    const ufrag = before && !restarts ? before : `${this.id}:${this.#generations++}`;
    const sdp: FakeSdp = {
      ufrag,
      kinds: this.#proposed.map(({ receiver }) => receiver.track.kind),
      directions: this.#proposed.map(({ direction }) => direction),
    };
    this.#local.pending = { type, sdp: JSON.stringify(sdp) };
    this.signalingState = "have-local-offer";
    if (type === "answer") this.#becomeStable();
    if (ufrag !== before) this.#gather(ufrag);
    this.connectIfPossible();
  }

  async setRemoteDescription(description: Description): Promise<void> {
    this.#assertOpen();
    await Promise.resolve();
    if (this.#isClosed()) return new Promise(() => {});
    const sdp: FakeSdp = JSON.parse(description.sdp);
    if (description.type === "answer" && this.signalingState !== "have-local-offer") {
      throw new DOMException("no offer", "InvalidStateError");
    }
    if (sdp.ufrag !== read(this.#remote.latest)?.ufrag) this.applied = [];
    this.#remote.pending = description;
    if (description.type === "answer") this.#becomeStable();
    else {
      // An offer of our own is rolled back.
      this.#local.pending = null;
      for (const each of this.#transceivers) if (!this.#sections.includes(each)) each.mid = null;
      // As JSEP has it, a section that is offered anew gets a transceiver that would only receive, whatever of our own has
      // been added meanwhile (RFC 8829, section 5.10).
      const made = sdp.kinds
        .slice(this.#sections.length)
        .map((kind) => new FakeTransceiver(kind, "recvonly"));
      this.#transceivers.push(...made);
      this.#propose([...this.#sections, ...made]);
      this.signalingState = "have-remote-offer";
    }
    this.connectIfPossible();
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    this.#assertOpen();
    await Promise.resolve();
    const remote = read(this.#remote.latest);
    if (!remote) throw new DOMException("no description", "InvalidStateError");
    if (candidate.usernameFragment !== remote.ufrag) {
      throw new DOMException("unknown ufrag", "OperationError");
    }
    this.applied.push(candidate);
    this.connectIfPossible();
  }

  close(): void {
    const { other } = this;
    this.signalingState = "closed";
    this.connectionState = "closed";
    this.channel.readyState = "closed";
    const heard = this.path === "working" && other?.channel.other === this.channel;
    if (heard) other.channel.readyState = "closed";
  }

  /** Whether a browser might say that there is no path: ICE has been told of two ends, and nothing passes. */
  get canFail(): boolean {
    const paths = this.path === "working" && this.other?.path === "working";
    const works = this.connectionState === "connected" && paths;
    return this.localDescription !== null && this.remoteDescription !== null && !works;
  }

  /** As when ICE gets no answers any more (RFC 7675), which is so at both ends if one direction is dead. */
  loseConsent(): void {
    if (this.connectionState === "connected") this.#setConnectionState("disconnected");
  }

  /** As when the network finds no path. */
  fail(): void {
    this.#setConnectionState("failed");
  }

  breakPath(): void {
    if (this.channel.other === null) return;
    this.path = "broken";
    this.#spent = this.ufrag;
  }

  healPath(): void {
    this.#spent = undefined;
    this.connectIfPossible();
  }

  /** Both have settled on each other's credentials and know a candidate of the other: that is a path. */
  connectIfPossible(): void {
    const { other } = this;
    if (!other || this.network.state === "blocked") return;
    if (!this.#knows(other) || !other.#knows(this)) return;
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

  #knows(other: FakePeerConnection): boolean {
    const theirs = read(this.#remote.latest)?.ufrag;
    if (this.signalingState !== "stable" || this.#spent === this.ufrag) return false;
    return this.applied.length > 0 && theirs === other.ufrag;
  }

  /** Read anew: it may have closed meanwhile. */
  #isClosed(): boolean {
    return this.signalingState === "closed";
  }

  #assertOpen(): void {
    if (this.#isClosed()) throw new DOMException("closed", "InvalidStateError");
  }

  #propose(sections: FakeTransceiver[]): void {
    this.#proposed = sections;
    sections.forEach((transceiver, index) => {
      transceiver.mid = String(index);
    });
  }

  #becomeStable(): void {
    this.#sections = this.#proposed;
    this.#local.settle();
    this.#remote.settle();
    this.signalingState = "stable";
    if (!this.#toReplace.includes(this.ufrag)) this.#toReplace = [];
    const theirs = read(this.#remote.current)?.directions ?? [];
    this.#sections.forEach((transceiver, index) => {
      const direction = opposite[theirs[index] ?? "inactive"];
      transceiver.currentDirection =
        direction === "sendrecv" ? transceiver.direction : (direction ?? "inactive");
    });
    this.#negotiationNeeded = "no";
    this.#askForNegotiation();
  }

  #gather(usernameFragment: string): void {
    for (const port of [1, 2]) {
      queueMicrotask(() => {
        if (this.#isClosed()) return;
        const candidate = {
          candidate: `candidate:${port} 1 udp 1 192.0.2.1 ${port} typ host`,
          sdpMid: "0",
          sdpMLineIndex: 0,
          usernameFragment,
        };
        this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
      });
    }
  }

  #setConnectionState(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    queueMicrotask(() => this.dispatchEvent(new Event("connectionstatechange")));
  }

  /** Asks once, and when the state is stable (W3C webrtc, section 4.7.3). */
  #askForNegotiation(): void {
    queueTask(() => {
      const needed =
        this.#toReplace.length > 0 || this.#transceivers.some(({ mid }) => mid === null);
      if (this.signalingState !== "stable" || !needed) return;
      if (this.#negotiationNeeded === "asked for") return;
      this.#negotiationNeeded = "asked for";
      this.dispatchEvent(new Event("negotiationneeded"));
    });
  }
}
