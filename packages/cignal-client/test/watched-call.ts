import type { Cignal } from "../src/cignal.js";
import type { CignalEvents } from "../src/cignal-events.js";
import { Emitter } from "../src/lib/emitter.js";

type Stats = { id: string } & Record<string, unknown>;

/** A peer as a part that watches calls finds it; a test says what the browser counts. */
export class WatchedPeer {
  readonly info: { id: string; name: string };
  callState = "in-call";
  media = { microphone: "on", camera: "on", screen: "off" };
  connectionState = "connected";
  alive = true;
  asked = 0;
  stats: Stats[] = [];
  audioLevel: number | undefined;
  /** What each receiver says of who speaks, in the last moment. */
  sources: { audioLevel?: number; timestamp: number }[] = [];
  connection: { id: string; pc: object; receivers: object } | null = null;

  constructor(id: string, name = id) {
    this.info = { id, name };
    this.connect("first");
  }

  /** Another connection takes the place of the one before. */
  connect(id: string): void {
    const line = (mid: string, kind: string) => ({
      mid,
      sender: {
        track: { kind, id: `sent ${kind}` },
        getParameters: () => ({ encodings: [{}] }),
      },
      receiver: {
        track: { kind, id: `came ${kind}` },
        // A browser that tells no level here tells it in its statistics.
        getSynchronizationSources: () =>
          this.audioLevel === undefined ? this.sources : [{ timestamp: 0 }],
        getStats: async () =>
          new Map([["a", { type: "inbound-rtp", audioLevel: this.audioLevel }]]),
      },
    });
    const [audio, video] = [line("0", "audio"), line("1", "video")];
    const { connectionState } = this;
    const pc = {
      connectionState,
      getTransceivers: () => [audio, video],
      getReceivers: () => [audio.receiver, video.receiver],
      getStats: async () => {
        this.asked++;
        return new Map(this.stats.map((each) => [each.id, each]));
      },
    };
    this.connection = {
      id,
      pc,
      receivers: { audio: audio.receiver.track, video: video.receiver.track },
    };
  }

  /** What has come over this connection so far. */
  count(counters: { frames?: number; packets?: number; lost?: number; limitedBy?: string }): void {
    const { frames = 0, packets = 0, lost = 0, limitedBy = "none" } = counters;
    const name = this.connection?.id;
    const counted = { packetsReceived: packets, packetsLost: lost };
    this.stats = [
      { id: `${name}a`, type: "inbound-rtp", mid: "0", ssrc: 1, ...counted },
      { id: `${name}v`, type: "inbound-rtp", mid: "1", ssrc: 2, framesDecoded: frames },
      {
        id: `${name}o`,
        type: "outbound-rtp",
        mid: "1",
        ssrc: 3,
        qualityLimitationReason: limitedBy,
      },
    ];
  }
}

/** A room in which calls are on; what a part finds behind its `Cignal` is as much as these parts use. */
export function watchedCall(...peers: WatchedPeer[]) {
  const events = new Emitter<CignalEvents>({
    onListenerError: (error) => {
      throw error;
    },
  });
  const source = () => ({ state: "live", track: null as MediaStreamTrack | null });
  const session = {
    room: { me: { id: "me", name: "Me" }, peers },
    media: { microphone: source(), camera: source(), screen: source() },
    browser: {
      reportError(error: unknown) {
        throw error;
      },
    },
    events,
    closed: false,
  };
  return {
    cignal: { session } as unknown as Cignal,
    session,
    events,
    /** Something has changed, as a `Cignal` says it. */
    changed: () => events.emit("stateChanged", {} as never),
    leave() {
      session.closed = true;
      session.room.peers = [];
      events.emit("stateChanged", {} as never);
    },
  };
}
