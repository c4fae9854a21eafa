import type * as Werift from "werift";
import { RtpNumbering } from "./rtp-numbering.js";
import { RtpTrack } from "./rtp-track.js";
import type { TransportFeedback } from "./transport-feedback.js";

/** What Cignal asks of `setParameters` (W3C webrtc-extensions, section 8.1); not in TypeScript's DOM yet. */
interface KeyFrameOptions {
  encodingOptions?: { keyFrame?: boolean }[];
}

type Kind = "audio" | "video";

type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

const CLOCK_RATES = { audio: 48_000, video: 90_000 };

/** A receiver asks for a whole picture again and again until it has one; asking its sender once in this time is enough. */
const KEY_FRAME_MS = 300;

/** Lets one request for a whole picture pass in that time, whatever the clock says. */
class KeyFrameLimit {
  #passedAt = Number.NEGATIVE_INFINITY;

  passes(): boolean {
    const now = performance.now();
    if (now - this.#passedAt < KEY_FRAME_MS) return false;
    this.#passedAt = now;
    return true;
  }
}

/** Sends the packets of one track at a time, as one stream that never breaks off. */
export class NodeSender {
  readonly #werift: typeof Werift;
  readonly #sender: Werift.RTCRtpSender;
  readonly #kind: Kind;
  readonly #numbering: RtpNumbering;
  readonly #keyFrames = new KeyFrameLimit();
  #track: RtpTrack | null = null;
  #unlisten = () => {};

  constructor(werift: typeof Werift, { sender, dtlsTransport }: Werift.RTCRtpTransceiver) {
    this.#werift = werift;
    this.#sender = sender;
    this.#kind = sender.kind as Kind;
    this.#numbering = new RtpNumbering(CLOCK_RATES[this.#kind]);
    // werift's own event takes a request from somebody who sends as well for one of ours.
    dtlsTransport.onRtcp.subscribe((packet) => {
      const { feedback } = packet as Partial<Werift.RtcpPayloadSpecificFeedback>;
      const isRequest = feedback instanceof werift.PictureLossIndication;
      if (!isRequest || feedback.mediaSsrc !== sender.ssrc) return;
      if (this.#keyFrames.passes()) this.#track?.requestKeyFrame();
    });
  }

  get track(): RtpTrack | null {
    return this.#track;
  }

  async replaceTrack(track: RtpTrack | null): Promise<void> {
    if (this.#sender.stopped) throw new DOMException("The sender is stopped.", "InvalidStateError");
    if (track === this.#track) return;
    if (track && !(track instanceof RtpTrack && track.kind === this.#kind)) {
      throw new TypeError(`replaceTrack: expected an RtpTrack of kind "${this.#kind}"`);
    }
    this.#unlisten();
    this.#track = track;
    this.#unlisten = track?.onRtp((packet) => this.#send(packet, track)) ?? (() => {});
    track?.requestKeyFrame();
  }

  getParameters(): RTCRtpSendParameters {
    return {
      transactionId: "",
      encodings: [{ active: true }],
      codecs: [],
      headerExtensions: [],
      rtcp: {},
    };
  }

  /** Bit rate and size are a matter of whoever encodes; asking for a whole picture is passed on to them. */
  async setParameters(_: RTCRtpSendParameters, options: KeyFrameOptions = {}): Promise<void> {
    if (options.encodingOptions?.some(({ keyFrame }) => keyFrame)) this.#track?.requestKeyFrame();
  }

  getStats(): Promise<unknown> {
    return this.#sender.getStats();
  }

  /** The other side can be reached now, and has seen nothing so far. */
  begin(): void {
    this.#track?.requestKeyFrame();
  }

  end(): void {
    this.#unlisten();
    this.#track = null;
  }

  #send({ header, payload }: Werift.RtpPacket, source: RtpTrack): void {
    // werift would drop it; what is not sent has no number.
    if (!this.#sender.codec || this.#sender.transport?.state !== "connected") return;
    const { RtpHeader, RtpPacket } = this.#werift;
    const numbers = this.#numbering.number(header, source, Date.now());
    // SSRC, payload type and extensions are werift's to fill in; it changes the packet, so each sender has its own.
    const own = new RtpPacket(new RtpHeader({ ...numbers, marker: header.marker }), payload);
    // Rejects only when the connection has been closed meanwhile.
    this.#sender.sendRtp(own).catch(() => {});
  }
}

/** One track for as long as the transceiver lives, whatever streams werift makes tracks for. */
class NodeReceiver {
  readonly track: RtpTrack;
  readonly #receiver: Werift.RTCRtpReceiver;
  readonly #heard = new WeakSet<Werift.MediaStreamTrack>();
  #ssrc: number | undefined;
  readonly #keyFrames = new KeyFrameLimit();

  constructor({ kind, receiver, onTrack }: Werift.RTCRtpTransceiver, feedback: TransportFeedback) {
    this.#receiver = receiver;
    // In the place of werift's own, which tells browsers nothing that they can read.
    const note = (number: number) => {
      const ssrc = receiver.tracks[0]?.ssrc;
      if (ssrc !== undefined) feedback.note(number, performance.now(), ssrc);
    };
    Object.assign(receiver, { receiverTWCC: { handleTWCC: note, twccRunning: false } });
    this.track = new RtpTrack(kind as Kind, { label: `remote ${kind}`, muted: true });
    this.track.onKeyFrameRequest(() => this.#askForKeyFrame());
    onTrack.subscribe((track) => this.#hear(track));
    for (const track of receiver.tracks) this.#hear(track);
  }

  getStats(): Promise<unknown> {
    return this.#receiver.getStats();
  }

  #hear(track: Werift.MediaStreamTrack): void {
    if (this.#heard.has(track)) return;
    this.#heard.add(track);
    const { codec } = track;
    if (codec) {
      const { mimeType, clockRate, payloadType } = codec;
      this.track.codec = { mimeType, clockRate, payloadType };
    }
    track.onReceiveRtp.subscribe((packet) => {
      this.#ssrc = packet.header.ssrc;
      // Padding alone, with which a browser tries how much the network takes.
      if (packet.payload.length > 0) this.track.writeRtp(packet);
    });
  }

  #askForKeyFrame(): void {
    if (this.#ssrc === undefined || this.track.kind === "audio") return;
    if (!this.#keyFrames.passes()) return;
    void this.#receiver.sendRtcpPLI(this.#ssrc);
  }
}

/** werift's transceiver as browsers have it. */
export class NodeTransceiver {
  readonly sender: NodeSender;
  readonly receiver: NodeReceiver;
  readonly #transceiver: Werift.RTCRtpTransceiver;
  readonly #onChange: () => void;
  /** As it was described to the other side last. */
  described: Direction | undefined;

  /** @param onChange - the direction has changed */
  constructor(
    werift: typeof Werift,
    transceiver: Werift.RTCRtpTransceiver,
    { feedback, onChange }: { feedback: TransportFeedback; onChange: () => void },
  ) {
    this.#transceiver = transceiver;
    this.#onChange = onChange;
    this.sender = new NodeSender(werift, transceiver);
    this.receiver = new NodeReceiver(transceiver, feedback);
  }

  get mid(): string | null {
    return this.#transceiver.mid;
  }

  get direction(): Direction {
    return this.#transceiver.direction;
  }

  set direction(direction: Direction) {
    if (direction === this.direction) return;
    this.#transceiver.setDirection(direction);
    this.#onChange();
  }

  get currentDirection(): RTCRtpTransceiverDirection | null {
    return this.#transceiver.currentDirection;
  }

  /** There is one codec of each kind, so there is no choice. */
  setCodecPreferences(): void {}

  end(): void {
    this.sender.end();
    this.receiver.track.end();
  }
}
