import type { Sending } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";

type Receivers = { audio?: MediaStreamTrack; video?: MediaStreamTrack };

const NOTHING: Sending = { audio: false, video: false, revision: -1 };

/** What one peer sends, as one MediaStream that stays the same for as long as the peer is here. */
export class RemoteMedia {
  readonly #browser: Browser;
  readonly #onStream: (stream: MediaStream) => void;
  #sending = NOTHING;
  #stream: MediaStream | null = null;

  constructor(browser: Browser, onStream: (stream: MediaStream) => void) {
    this.#browser = browser;
    this.#onStream = onStream;
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  /** What the peer says it sends; an older word than the last one is ignored (P4). */
  announce(sending: Sending): void {
    if (sending.revision > this.#sending.revision) this.#sending = sending;
  }

  /** They began anew and count from the start (D7); what is shown stays until they say what they send. */
  forget(): void {
    this.#sending = { ...this.#sending, revision: -1 };
  }

  /** Brings the stream in line with what is announced and what is there. */
  update({ audio, video }: Receivers): void {
    const tracks = [this.#sending.audio && audio, this.#sending.video && video].filter(
      (track) => track instanceof Object,
    );
    const isNew = !this.#stream && tracks.length > 0;
    if (isNew) this.#stream = this.#browser.createMediaStream();
    const stream = this.#stream;
    if (!stream) return;
    for (const track of stream.getTracks()) if (!tracks.includes(track)) stream.removeTrack(track);
    for (const track of tracks) if (!stream.getTracks().includes(track)) stream.addTrack(track);
    if (isNew) this.#onStream(stream);
  }
}
