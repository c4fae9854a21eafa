import type {
  CallSnapshot,
  Cignal as CignalClass,
  CignalError as CignalErrorClass,
  CignalEvents,
  CignalOptions,
  getUrlParam,
  IncomingCall,
  listDevices,
  Outcome,
} from "cignal-client";

/** An error as it leaves the page. */
export interface Failure {
  name: string;
  message: string;
  code: string | undefined;
  device: string | undefined;
  field: string | undefined;
  retryable: boolean | undefined;
}

/** What a request came to, as it leaves the page. */
export type Answer = { success: true } | { success: false; error: Failure };

export interface RecordedEvent {
  name: keyof CignalEvents;
  /** As JSON: streams by their id, errors as `Failure`. */
  args: readonly unknown[];
}

/** What has come and gone over all connections of a page. */
export interface Traffic {
  framesDecoded: number;
  audioBytesReceived: number;
  /** Of what was received: grows only while there is sound. */
  audioEnergy: number;
  /** How much of what was received has been played, silence included, in seconds. */
  audioSeconds: number;
  /** RTP of both kinds. */
  bytesSent: number;
  bytesReceived: number;
}

/** The test's own eyes and hands in a page: what the browser knows, beside what the library says. */
interface Lab {
  /** Every connection that the page has made for somebody: the one that merely starts WebRTC has no channel. */
  readonly connections: RTCPeerConnection[];
  /** Every candidate that those have found, as text. */
  readonly candidates: string[];
  /** Every track that getUserMedia has given. */
  readonly captured: MediaStreamTrack[];
  /** Every track that getDisplayMedia has given. */
  readonly displayed: MediaStreamTrack[];
  readonly events: RecordedEvent[];
  readonly localStreams: MediaStream[];
  readonly remoteStreams: MediaStream[];
  readonly screenStreams: MediaStream[];
  /** A picture of the page's own that never stands still. */
  drawing(size: { width: number; height: number }): MediaStreamTrack;
  /** The last call that rang. */
  incoming(): IncomingCall;
  enter(options: CignalOptions): Promise<Answer>;
  /** Records everything that this Cignal tells from now on. */
  listen(cignal: CignalClass): void;
  answer(outcome: Promise<Outcome>): Promise<Answer>;
  state(): CallSnapshot;
  traffic(): Promise<Traffic>;
}

declare global {
  /** What the script tag defines. */
  var Cignal: typeof CignalClass & {
    getUrlParam: typeof getUrlParam;
    CignalError: typeof CignalErrorClass;
    listDevices: typeof listDevices;
  };
  var cignal: CignalClass;
  var lab: Lab;
}

/** Runs in each page before any other script; the browser gets its text, so it can use nothing from outside. */
export function pageScript(): void {
  const names = [
    "localStream",
    "localMediaChanged",
    "devicesChanged",
    "remoteStream",
    "screenStream",
    "peerMediaChanged",
    "peerJoined",
    "peerUpdated",
    "roomUpdated",
    "knocking",
    "knockEnded",
    "offerReceived",
    "incomingCall",
    "callCancelled",
    "peerHangUp",
    "reconnecting",
    "reconnected",
    "connectionFailed",
    "playbackBlocked",
    "information",
    "clientError",
    "serverError",
    "stateChanged",
  ] as const satisfies (keyof CignalEvents)[];

  const field = (error: unknown, name: string): unknown =>
    error instanceof Object ? Reflect.get(error, name) : undefined;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);

  const failure = (error: unknown): Failure => ({
    name: text(field(error, "name")) ?? "",
    message: text(field(error, "message")) ?? String(error),
    code: text(field(error, "code")),
    device: text(field(error, "device")),
    field: text(field(error, "field")),
    retryable: field(error, "retryable") === true,
  });

  const plain = (value: unknown): unknown => {
    if (value instanceof MediaStream) return value.id;
    if (value instanceof Error) return failure(value);
    if (!(value instanceof Object) || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  };

  let incoming: IncomingCall | undefined;

  const lab: Lab = {
    connections: [],
    candidates: [],
    captured: [],
    displayed: [],
    events: [],
    localStreams: [],
    remoteStreams: [],
    screenStreams: [],

    drawing({ width, height }) {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      const draw = () => {
        for (let i = 0; i < 200; i++) {
          if (context) context.fillStyle = `hsl(${Math.random() * 360} 90% 50%)`;
          context?.fillRect(Math.random() * width, Math.random() * height, width / 12, height / 12);
        }
      };
      draw();
      setInterval(draw, 100);
      const [track] = canvas.captureStream(10).getVideoTracks();
      if (!track) throw new Error("a canvas gave no track");
      return track;
    },

    incoming() {
      if (!incoming) throw new Error("nothing has rung");
      return incoming;
    },

    async enter(options) {
      try {
        globalThis.cignal = await Cignal.createRoom(options);
      } catch (error) {
        return { success: false, error: failure(error) };
      }
      lab.listen(globalThis.cignal);
      return { success: true };
    },

    listen(cignal) {
      for (const name of names) {
        cignal.on(name, (...args: unknown[]) => {
          lab.events.push({ name, args: args.map(plain) });
        });
      }
      cignal.on("incomingCall", (call) => {
        incoming = call;
      });
      cignal.on("localStream", (stream) => lab.localStreams.push(stream));
      cignal.on("screenStream", (stream) => {
        if (!stream) return;
        lab.screenStreams.push(stream);
        document.body.append(Object.assign(new Audio(), { srcObject: stream, autoplay: true }));
      });
      cignal.on("remoteStream", (stream) => {
        lab.remoteStreams.push(stream);
        // Sound is decoded only while somebody listens.
        document.body.append(Object.assign(new Audio(), { srcObject: stream, autoplay: true }));
      });
    },

    async answer(outcome) {
      const answer = await outcome;
      return answer.success ? answer : { success: false, error: failure(answer.error) };
    },

    state: () => globalThis.cignal.state,

    async traffic() {
      const sum: Traffic = {
        framesDecoded: 0,
        audioBytesReceived: 0,
        audioEnergy: 0,
        audioSeconds: 0,
        bytesSent: 0,
        bytesReceived: 0,
      };
      for (const pc of lab.connections) {
        for (const stats of (await pc.getStats()).values()) {
          if (stats.type === "inbound-rtp") {
            sum.framesDecoded += stats.framesDecoded ?? 0;
            sum.bytesReceived += stats.bytesReceived;
            if (stats.kind === "audio") {
              sum.audioBytesReceived += stats.bytesReceived;
              sum.audioEnergy += stats.totalAudioEnergy ?? 0;
              sum.audioSeconds += stats.totalSamplesDuration ?? 0;
            }
          }
          if (stats.type === "outbound-rtp") sum.bytesSent += stats.bytesSent;
        }
      }
      return sum;
    },
  };
  globalThis.lab = lab;

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.candidate) lab.candidates.push(candidate.candidate);
      });
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit) {
      if (!lab.connections.includes(this)) lab.connections.push(this);
      return super.createDataChannel(label, init);
    }
  };

  const devices = navigator.mediaDevices;
  // A page on plain http has none.
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      lab.captured.push(...stream.getTracks());
      return stream;
    };
    const getDisplayMedia = devices.getDisplayMedia.bind(devices);
    devices.getDisplayMedia = async (options) => {
      const stream = await getDisplayMedia(options);
      lab.displayed.push(...stream.getTracks());
      return stream;
    };
  }
}
