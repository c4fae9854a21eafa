import type { Sending } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";

type Receivers = { audio?: MediaStreamTrack; video?: MediaStreamTrack };

/** What somebody sends, by their own word. */
export type PeerMedia = Omit<Sending, "revision">;

const NOTHING: Sending = { microphone: "off", camera: "off", revision: -1 };

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

  get use(): PeerMedia {
    const { microphone, camera } = this.#sending;
    return { microphone, camera };
  }

  /** What the peer says it sends; an older word than the last one is ignored (P4). True: it is another one. */
  announce(sending: Sending): boolean {
    const { microphone, camera, revision } = this.#sending;
    if (sending.revision <= revision) return false;
    this.#sending = sending;
    return sending.microphone !== microphone || sending.camera !== camera;
  }

  /** They began anew and count from the start (D7); what is shown stays until they say what they send. */
  forget(): void {
    this.#sending = { ...this.#sending, revision: -1 };
  }

  /** Brings the stream in line with what is announced and what is there. */
  update({ audio, video }: Receivers): void {
    const { microphone, camera } = this.#sending;
    const tracks = [microphone !== "off" && audio, camera !== "off" && video].filter(
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
