import { NOTHING, type Outbound } from "../src/media/local-media.js";

export type Kind = "audio" | "video";

export class FakeTrack extends EventTarget {
  readyState: "live" | "ended" = "live";
  enabled = true;
  muted = false;

  constructor(
    readonly kind: Kind,
    readonly deviceId = "",
  ) {
    super();
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** As when the device is pulled out. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }

  /** As when a phone call takes the device, and gives it back. */
  interrupt(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

/** What a side sends that has these tracks, or none, and shares this screen, or none. */
export function outbound(
  tracks?: { audio: FakeTrack; video: FakeTrack },
  screenVideo: FakeTrack | null = null,
): Outbound {
  const use = tracks ? "on" : "off";
  const { audio = null, video = null } = tracks ?? {};
  const screen = screenVideo ? "on" : "off";
  const sources = { ...NOTHING, microphone: use, camera: use, screen };
  return { ...sources, audio, video, screenVideo } as unknown as Outbound;
}

class FakeSender {
  track: FakeTrack | null = null;
  /** How often a whole picture was asked for. */
  keyFrames = 0;

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
  }

  #parameters: { encodings: object[] } = { encodings: [{}] };

  getParameters(): { encodings: object[] } {
    return structuredClone(this.#parameters);
  }

  async setParameters(
    parameters: { encodings: object[] },
    { encodingOptions = [] }: { encodingOptions?: { keyFrame: boolean }[] } = {},
  ): Promise<void> {
    this.#parameters = structuredClone(parameters);
    if (encodingOptions.some(({ keyFrame }) => keyFrame)) this.keyFrames++;
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  currentDirection: RTCRtpTransceiverDirection | null = null;
  readonly receiver: { track: FakeTrack };
  readonly sender = new FakeSender();
  /** By name, the best first. */
  preferred: string[] = [];

  constructor(
    kind: Kind,
    public direction: RTCRtpTransceiverDirection,
  ) {
    this.receiver = { track: new FakeTrack(kind) };
  }

  setCodecPreferences(codecs: { mimeType: string }[]): void {
    this.preferred = codecs.map(({ mimeType }) => mimeType);
  }
}
