import type * as Werift from "werift";

/** Sequence numbers of packets wrap. */
const WRAP = 2 ** 16;
/** Of arrival times, in milliseconds. */
const TICK_MS = 0.25;
const REFERENCE_MS = 64;
/** How many of those the field for it holds. */
const REFERENCE_WRAP = 2 ** 24;
/** How often a browser hears of it, in milliseconds; browsers themselves take 50 to 250. */
const EVERY_MS = 100;
/** A gap this long is another stream, not a loss. */
const LOST_AT_MOST = 4_096;

/** When a packet came, by its unwrapped transport-wide sequence number; in milliseconds. */
type Arrivals = ReadonlyMap<number, number>;

/**
 * Tells a browser when each of its packets has come, of sound and pictures together, so that it sends what the network takes
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01). Without it browsers stay at 300 kbit/s. werift has something of
 * the name that counts each track alone, which browsers cannot read.
 */
export class TransportFeedback {
  readonly #werift: typeof Werift;
  readonly #send: (report: Werift.RtcpTransportLayerFeedback) => void;
  #arrivals = new Map<number, number>();
  /** The lowest number that has not been reported, and the highest that has come. */
  #next: number | undefined;
  #highest = 0;
  #media = 0;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "open" | "closed" = "open";

  constructor(werift: typeof Werift, send: (report: Werift.RtcpTransportLayerFeedback) => void) {
    this.#werift = werift;
    this.#send = send;
  }

  /** A packet of the track with this SSRC has come at this time, in milliseconds. */
  note(sequenceNumber: number, at: number, ssrc: number): void {
    if (this.#state === "closed") return;
    // Browsers want to read one of theirs; which one is all the same.
    this.#media = ssrc;
    const number = this.#unwrap(sequenceNumber);
    if (this.#next === undefined || number - this.#next > LOST_AT_MOST) {
      this.#arrivals.clear();
      this.#next = number;
    }
    // Reported as lost already.
    if (number < this.#next) return;
    this.#highest = Math.max(this.#highest, number);
    this.#arrivals.set(number, at);
    this.#timer ??= setTimeout(() => this.#report(), EVERY_MS);
  }

  close(): void {
    this.#state = "closed";
    clearTimeout(this.#timer);
  }

  #unwrap(sequenceNumber: number): number {
    if (this.#next === undefined) this.#highest = sequenceNumber;
    const ahead = (sequenceNumber - this.#highest) & (WRAP - 1);
    return this.#highest + (ahead < WRAP / 2 ? ahead : ahead - WRAP);
  }

  #report(): void {
    this.#timer = undefined;
    const first = this.#next ?? 0;
    const arrivals = this.#arrivals;
    this.#arrivals = new Map();
    this.#next = this.#highest + 1;
    const what = { media: this.#media, first, last: this.#highest, arrivals, count: this.#count };
    this.#send(reportOf(this.#werift, what));
    this.#count = (this.#count + 1) % 256;
  }
}

interface Report {
  /** SSRC of a track of whoever gets it. */
  media: number;
  first: number;
  last: number;
  arrivals: Arrivals;
  /** Of reports, 8 bits. */
  count: number;
}

/** As werift sends it. */
export function reportOf(
  werift: typeof Werift,
  { media, first, last, arrivals, count }: Report,
): Werift.RtcpTransportLayerFeedback {
  const { PacketStatus, RecvDelta, RtcpHeader, RtcpTransportLayerFeedback, TransportWideCC } =
    werift;
  const reference = Math.floor(Math.min(...arrivals.values()) / REFERENCE_MS);
  const statuses: Werift.PacketStatus[] = [];
  const recvDeltas: Werift.RecvDelta[] = [];
  let ticks = (reference * REFERENCE_MS) / TICK_MS;
  let bytes = 0;
  for (let number = first; number <= last; number++) {
    const at = arrivals.get(number);
    if (at === undefined) {
      statuses.push(PacketStatus.TypeTCCPacketNotReceived);
      continue;
    }
    const delta = Math.round(at / TICK_MS) - ticks;
    ticks += delta;
    const small = delta >= 0 && delta < 256;
    const { TypeTCCPacketReceivedSmallDelta, TypeTCCPacketReceivedLargeDelta } = PacketStatus;
    const type = small ? TypeTCCPacketReceivedSmallDelta : TypeTCCPacketReceivedLargeDelta;
    statuses.push(type);
    recvDeltas.push(new RecvDelta({ type, delta: delta * TICK_MS * 1_000 }));
    bytes += small ? 1 : 2;
  }
  const packetChunks = runsOf(statuses).map((run) => new werift.RunLengthChunk(run));
  bytes += 2 * packetChunks.length;
  // werift cuts off what does not fill 32 bits, unless it is told to pad.
  const header = new RtcpHeader({
    type: RtcpTransportLayerFeedback.type,
    count: TransportWideCC.count,
    padding: bytes % 4 > 0,
  });
  const feedback = new TransportWideCC({
    header,
    // Whose report it is does not matter: there are two on a connection.
    senderSsrc: 0,
    mediaSourceSsrc: media,
    baseSequenceNumber: first % WRAP,
    packetStatusCount: statuses.length,
    referenceTime: reference % REFERENCE_WRAP,
    fbPktCount: count,
    packetChunks,
    recvDeltas,
  });
  return new RtcpTransportLayerFeedback({ header, feedback });
}

interface Run {
  packetStatus: Werift.PacketStatus;
  runLength: number;
}

function runsOf(statuses: readonly Werift.PacketStatus[]): Run[] {
  const runs: Run[] = [];
  for (const packetStatus of statuses) {
    const run = runs.at(-1);
    if (run?.packetStatus === packetStatus) run.runLength++;
    else runs.push({ packetStatus, runLength: 1 });
  }
  return runs;
}
