/** What is told apart of what somebody sends. The sound of a shared screen is in none of them. */
export type FlowKind = "audio" | "video" | "screen";

/** How media go between the two: the selected candidate pair (RFC 8445). */
export interface Path {
  /** How this side is reached: `host`, `srflx` and `prflx` are direct, `relay` is through a TURN server. */
  readonly local: RTCIceCandidateType;
  /** How the other side is reached. */
  readonly remote: RTCIceCandidateType;
  readonly protocol: "udp" | "tcp";
  /** How this side reaches its TURN server: `"udp"`, `"tcp"` or `"tls"`. */
  readonly relayProtocol?: string;
  /** `"wifi"`, `"cellular"`, `"ethernet"` …, where the browser tells it. */
  readonly network?: string;
}

/** Whose tracks the lines of a connection carry. */
export interface Line {
  readonly mid: string | null;
  readonly receiver: string;
  readonly receives: FlowKind | undefined;
  readonly sender: string | undefined;
  readonly sends: FlowKind | undefined;
  /** What the page allows, in pictures a second. */
  readonly maxFramerate?: number | undefined;
}

/** W3C webrtc-stats, section 8.4; TypeScript has no name for it. */
export interface RemoteInboundStats extends RTCReceivedRtpStreamStats {
  readonly localId?: string;
  readonly roundTripTime?: number;
  readonly fractionLost?: number;
}

interface SourceStats extends RTCStats {
  readonly trackIdentifier?: string;
  readonly framesPerSecond?: number;
}

interface CandidateStats extends RTCStats {
  readonly candidateType?: RTCIceCandidateType;
  readonly protocol?: "udp" | "tcp";
  readonly relayProtocol?: string;
  readonly networkType?: string;
  readonly usernameFragment?: string;
}

/** What one connection had counted at one moment. What a browser does not count is missing. */
export interface Sample {
  /** Which connection: another one counts anew. */
  readonly connection: string;
  /** By the clock of the page, in milliseconds. */
  readonly at: number;
  readonly received: Readonly<Partial<Record<FlowKind, RTCInboundRtpStreamStats>>>;
  readonly sent: Readonly<Partial<Record<FlowKind, RTCOutboundRtpStreamStats>>>;
  /** What the other side says of what it gets. */
  readonly heard: Readonly<Partial<Record<FlowKind, RemoteInboundStats>>>;
  /** How many pictures a second there are to send. */
  readonly wanted: Readonly<Partial<Record<FlowKind, number>>>;
  readonly pair: RTCIceCandidatePairStats | undefined;
  readonly path: Path | undefined;
  /** Another one: ICE was restarted. */
  readonly ufrag: string | undefined;
}

/** Firefox has no transport in its statistics, and marks the pair itself. */
type Pair = RTCIceCandidatePairStats & { readonly selected?: boolean };

/** Reads W3C webrtc-stats: sections 8.3 (inbound-rtp), 8.7 (outbound-rtp), 8.4 (remote-inbound-rtp), 8.15 to 8.17 (path). */
export function readSample(
  report: ReadonlyMap<string, unknown>,
  lines: readonly Line[],
  { connection, at }: Pick<Sample, "connection" | "at">,
): Sample {
  const all = [...report.values()] as RTCStats[];
  const of = <Stats extends RTCStats>(type: string) =>
    all.filter((stats) => stats.type === type) as Stats[];
  const named = <Stats extends RTCStats>(id: string | undefined) =>
    id === undefined ? undefined : (report.get(id) as Stats | undefined);

  const received: { [Kind in FlowKind]?: RTCInboundRtpStreamStats } = {};
  for (const stats of of<RTCInboundRtpStreamStats>("inbound-rtp")) {
    const { mid, trackIdentifier } = stats;
    const line = lines.find((line) =>
      mid === undefined ? line.receiver === trackIdentifier : line.mid === mid,
    );
    if (line?.receives) received[line.receives] = stats;
  }

  const sent: { [Kind in FlowKind]?: RTCOutboundRtpStreamStats } = {};
  const heard: { [Kind in FlowKind]?: RemoteInboundStats } = {};
  const wanted: { [Kind in FlowKind]?: number } = {};
  for (const stats of of<RTCOutboundRtpStreamStats>("outbound-rtp")) {
    const { mid, mediaSourceId } = stats;
    const source = named<SourceStats>(mediaSourceId);
    const line = lines.find((line) =>
      mid === undefined ? line.sender === source?.trackIdentifier : line.mid === mid,
    );
    if (!line?.sends) continue;
    sent[line.sends] = stats;
    const frames = source?.framesPerSecond;
    if (frames !== undefined) wanted[line.sends] = Math.min(frames, line.maxFramerate ?? frames);
    const remote = of<RemoteInboundStats>("remote-inbound-rtp").find(
      ({ id, localId }) => id === stats.remoteId || localId === stats.id,
    );
    if (remote) heard[line.sends] = remote;
  }

  const [transport] = of<RTCTransportStats>("transport");
  const pair =
    named<Pair>(transport?.selectedCandidatePairId) ??
    of<Pair>("candidate-pair").find(({ selected }) => selected);
  const local = named<CandidateStats>(pair?.localCandidateId);
  const remote = named<CandidateStats>(pair?.remoteCandidateId);
  return {
    connection,
    at,
    received,
    sent,
    heard,
    wanted,
    pair,
    path: pathOf(local, remote),
    ufrag: transport?.iceLocalUsernameFragment ?? local?.usernameFragment,
  };
}

function pathOf(local?: CandidateStats, remote?: CandidateStats): Path | undefined {
  if (!local?.candidateType || !remote?.candidateType) return undefined;
  const { relayProtocol, networkType, protocol = "udp" } = local;
  return {
    local: local.candidateType,
    remote: remote.candidateType,
    protocol,
    ...(relayProtocol && { relayProtocol }),
    ...(networkType && networkType !== "unknown" && { network: networkType }),
  };
}

/** What a check has found before the STUN server has answered is called prflx, and is no other way. */
export const wayOf = ({ local, remote, protocol, relayProtocol, network }: Path): string =>
  [local, remote, protocol, relayProtocol, network].join(" ").replaceAll("prflx", "srflx");
