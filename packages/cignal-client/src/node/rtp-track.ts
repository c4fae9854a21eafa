import type { RtpPacket } from "werift";

/** What the packets of a received track are. */
export interface RtpCodec {
  /** `"audio/opus"`, `"video/VP8"`. */
  readonly mimeType: string;
  /** In ticks a second. */
  readonly clockRate: number;
  readonly payloadType: number;
}

/** An id as browsers give them. */
const newId = () => crypto.randomUUID();

/**
 * A track outside of a browser: RTP packets instead of pictures and sound. What others send comes as such tracks, and one
 * that you make and write to can be sent, with `cignal.camera.use(track)` or `cignal.microphone.use(track)`.
 */
export class RtpTrack extends EventTarget implements MediaStreamTrack {
  readonly id = newId();
  readonly kind: "audio" | "video";
  readonly label: string;
  readonly #packets = new Set<(packet: RtpPacket) => void>();
  readonly #keyFrames = new Set<() => void>();
  /** While it is `false`, nothing passes. */
  enabled = true;
  contentHint = "";
  /** Of a received track, once it is negotiated. */
  codec: RtpCodec | undefined;
  onended: MediaStreamTrack["onended"] = null;
  onmute: MediaStreamTrack["onmute"] = null;
  onunmute: MediaStreamTrack["onunmute"] = null;
  #readyState: MediaStreamTrackState = "live";
  #muted: boolean;
  /** Of a clone: its source forgets it. */
  #letGo = () => {};

  /** @param options.muted - whether nothing comes until the first packet. Default: `false` */
  constructor(
    kind: "audio" | "video",
    { label = "", muted = false }: { label?: string; muted?: boolean } = {},
  ) {
    if (kind !== "audio" && kind !== "video") {
      throw new TypeError('RtpTrack: kind: expected "audio" or "video"');
    }
    super();
    this.kind = kind;
    this.label = label;
    this.#muted = muted;
  }

  get readyState(): MediaStreamTrackState {
    return this.#readyState;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Hears each packet from now on, in the order in which they come; lost ones are missing. Returns what removes it. */
  onRtp(listener: (packet: RtpPacket) => void): () => void {
    this.#packets.add(listener);
    return () => this.#packets.delete(listener);
  }

  /** Sends a packet, and gives it to whoever listens. */
  writeRtp(packet: RtpPacket): void {
    if (this.#readyState === "ended" || !this.enabled) return;
    if (this.#muted) {
      this.#muted = false;
      this.#tell("unmute");
    }
    for (const listener of [...this.#packets]) {
      try {
        listener(packet);
      } catch (error) {
        // An uncaught exception, as of any listener in Node; who wrote the packet, and who else hears it, go on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Asks whoever sends the pictures for a whole one: of a received track, the other side. */
  requestKeyFrame(): void {
    for (const listener of [...this.#keyFrames]) listener();
  }

  /** Is told that somebody who looks needs a whole picture. Returns what removes the listener. */
  onKeyFrameRequest(listener: () => void): () => void {
    this.#keyFrames.add(listener);
    return () => this.#keyFrames.delete(listener);
  }

  /** Nothing passes any more. */
  stop(): void {
    this.#readyState = "ended";
    this.#packets.clear();
    this.#letGo();
  }

  /** Stops it and says so, as a source that has gone away. */
  end(): void {
    if (this.#readyState === "ended") return;
    this.stop();
    this.#tell("ended");
  }

  /** Another track with the same packets. */
  clone(): RtpTrack {
    const { kind, label, muted } = this;
    const copy = new RtpTrack(kind, { label, muted });
    copy.codec = this.codec;
    if (this.#readyState === "ended") copy.stop();
    else this.#pass(copy);
    return copy;
  }

  getSettings(): MediaTrackSettings {
    return {};
  }

  getConstraints(): MediaTrackConstraints {
    return {};
  }

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  async applyConstraints(): Promise<void> {}

  #pass(copy: RtpTrack): void {
    const unlisten = this.onRtp((packet) => copy.writeRtp(packet));
    const end = () => copy.end();
    this.addEventListener("ended", end);
    copy.onKeyFrameRequest(() => this.requestKeyFrame());
    copy.#letGo = () => {
      unlisten();
      this.removeEventListener("ended", end);
    };
  }

  #tell(type: "ended" | "unmute"): void {
    const event = new Event(type);
    this.dispatchEvent(event);
    this[`on${type}`]?.call(this, event);
  }
}
