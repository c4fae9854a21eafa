export type Kind = "audio" | "video";

export class FakeTrack {
  readyState: "live" | "ended" = "live";
  constructor(readonly kind: Kind) {}
  stop(): void {
    this.readyState = "ended";
  }
}

class FakeSender {
  track: FakeTrack | null = null;
  /** How often a whole picture was asked for. */
  keyFrames = 0;

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters(): { encodings: object[] } {
    return { encodings: [{}] };
  }

  async setParameters(
    _parameters: object,
    { encodingOptions }: { encodingOptions: { keyFrame: boolean }[] },
  ): Promise<void> {
    if (encodingOptions.every(({ keyFrame }) => keyFrame)) this.keyFrames++;
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  currentDirection: RTCRtpTransceiverDirection | null = null;
  readonly receiver: { track: FakeTrack };
  readonly sender = new FakeSender();

  constructor(
    kind: Kind,
    public direction: RTCRtpTransceiverDirection,
  ) {
    this.receiver = { track: new FakeTrack(kind) };
  }
}
