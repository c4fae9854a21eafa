export type Kind = "audio" | "video";

export class FakeTrack {
  readyState: "live" | "ended" = "live";
  constructor(readonly kind: Kind) {}
  stop(): void {
    this.readyState = "ended";
  }
}

export class FakeTransceiver {
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
