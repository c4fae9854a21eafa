import type { RecordingBrowser } from "../../browser/recording.js";

interface Voice {
  readonly node: MediaStreamAudioSourceNode;
  readonly element: HTMLVideoElement;
}

/** Sounds that come and go as one track that stays, and a clock that no hidden tab slows down. */
export class Mix {
  readonly track: MediaStreamTrack;
  readonly #browser: RecordingBrowser;
  readonly #context: AudioContext;
  readonly #output: MediaStreamAudioDestinationNode;
  readonly #silence: ConstantSourceNode;
  readonly #voices = new Map<MediaStreamTrack, Voice>();

  /** The context is running. */
  constructor(browser: RecordingBrowser, context: AudioContext) {
    this.#browser = browser;
    this.#context = context;
    this.#output = context.createMediaStreamDestination();
    const [track] = this.#output.stream.getAudioTracks();
    if (!track) throw new TypeError("an audio destination without a track");
    this.track = track;
    // Where nobody speaks, time goes on.
    this.#silence = silent(context);
    this.#silence.connect(this.#output);
    this.#silence.start();
  }

  /** In seconds. */
  get time(): number {
    return this.#context.currentTime;
  }

  /** These from now on, and no others. */
  hear(tracks: readonly MediaStreamTrack[]): void {
    for (const [track, voice] of this.#voices) if (!tracks.includes(track)) this.#end(track, voice);
    for (const track of tracks) if (!this.#voices.has(track)) this.#begin(track);
  }

  /** Calls it so many times a second, until the end. Timers would be slowed down to one a second in a hidden tab. */
  tick(rate: number, listener: () => void): void {
    let at = this.time;
    const next = () => {
      at = Math.max(at + 1 / rate, this.time);
      const beat = silent(this.#context);
      beat.onended = () => {
        beat.disconnect();
        if (this.#context.state === "closed") return;
        next();
        listener();
      };
      beat.connect(this.#output);
      beat.start();
      beat.stop(at);
    };
    next();
  }

  close(): void {
    this.hear([]);
    this.track.stop();
    if (this.#context.state !== "closed") void this.#context.close();
  }

  #begin(track: MediaStreamTrack): void {
    const stream = this.#browser.createStream([track]);
    const node = this.#context.createMediaStreamSource(stream);
    node.connect(this.#output);
    // Chromium decodes no sound of a peer that no element plays (crbug.com/40094084).
    const element = this.#browser.createVideo();
    element.srcObject = stream;
    void element.play().catch(() => {});
    this.#voices.set(track, { node, element });
  }

  #end(track: MediaStreamTrack, { node, element }: Voice): void {
    node.disconnect();
    element.srcObject = null;
    this.#voices.delete(track);
  }
}

function silent(context: AudioContext): ConstantSourceNode {
  const node = context.createConstantSource();
  node.offset.value = 0;
  return node;
}
