/** How a STUN or TURN server of a test behaves. */
export type IceBehaviour =
  /** Answers, and passes packets on. */
  | "works"
  /** Answers what the host knew already, so that no candidate comes of it. */
  | "tells nothing new"
  | "passes no packets"
  /** There is no network. */
  | "offline"
  /** The browser gives up on it. */
  | "unreachable"
  /** Nobody says anything, the browser included. */
  | "silent"
  /** Answers with this error. */
  | number;

/** The part of RTCPeerConnection that gathers and opens a channel. */
class FakeIceConnection extends EventTarget {
  readonly channel = new EventTarget();
  iceGatheringState: RTCIceGatheringState = "new";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { other: FakeIceConnection } | null = null;
  closed = false;

  constructor(
    readonly configuration: RTCConfiguration,
    readonly behaviour: (url: string) => IceBehaviour,
  ) {
    super();
    if (this.#urls.some((url) => url.includes("!"))) throw new DOMException("s3cret is no URL");
  }

  get #urls(): string[] {
    return (this.configuration.iceServers ?? []).flatMap(({ urls }) => urls);
  }

  createDataChannel(): EventTarget {
    return this.channel;
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { other: this };
    queueMicrotask(() => this.#gather());
  }

  async setRemoteDescription({ other }: { other: FakeIceConnection }): Promise<void> {
    if (other.localDescription?.other !== other) throw new Error("nothing was gathered");
    if (this.#urls.some((url) => this.behaviour(url) === "passes no packets")) {
      this.connectionState = "failed";
      this.#tell("connectionstatechange");
    } else {
      this.channel.dispatchEvent(new Event("open"));
    }
  }

  close(): void {
    this.closed = true;
  }

  #gather(): void {
    const relayed = this.configuration.iceTransportPolicy === "relay";
    const online = this.#urls.every((url) => this.behaviour(url) !== "offline");
    if (online && !relayed) this.#tell("icecandidate", { candidate: { type: "host" } });
    for (const url of this.#urls) this.#ask(url, relayed ? "relay" : "srflx");
    if (this.#urls.some((url) => this.behaviour(url) === "silent")) return;
    this.iceGatheringState = "complete";
    this.#tell("icegatheringstatechange");
  }

  #ask(url: string, type: RTCIceCandidateType): void {
    const behaviour = this.behaviour(url);
    if (behaviour === "works" || behaviour === "passes no packets") {
      this.#tell("icecandidate", { candidate: { type } });
    }
    const errorCode = behaviour === "unreachable" ? 701 : behaviour;
    if (typeof errorCode === "number") this.#tell("icecandidateerror", { url, errorCode });
  }

  #tell(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

/** Connections that find the servers as `behaviour` says. */
export function fakeIce(behaviour: (url: string) => IceBehaviour) {
  const connections: FakeIceConnection[] = [];
  return {
    connections,
    createPeerConnection: (configuration: RTCConfiguration): RTCPeerConnection => {
      const pc = new FakeIceConnection(configuration, behaviour);
      connections.push(pc);
      return pc as unknown as RTCPeerConnection;
    },
  };
}
