import type { Sending } from "@cignal/protocol";
import type { Browser } from "../browser/browser.js";
import type { LocalTracks } from "../media/local-media.js";

/** The tracks that come from the other side. */
export type Receivers = { [Kind in keyof LocalTracks]?: MediaStreamTrack };

/** What somebody sends, by their own word. */
export type PeerMedia = Omit<Sending, "revision">;

export interface RemoteMediaListeners {
  onStream: (stream: MediaStream) => void;
  /** They share their screen, or, with `null`, no longer. */
  onScreen: (stream: MediaStream | null) => void;
}

const NOTHING: Sending = { microphone: "off", camera: "off", screen: "off", revision: -1 };

/**
 * What one peer sends: microphone and camera as one MediaStream that stays the same for as long as the peer is here, and
 * each shared screen as one of its own.
 */
export class RemoteMedia {
  readonly #browser: Browser;
  readonly #listeners: RemoteMediaListeners;
  #sending = NOTHING;
  #stream: MediaStream | null = null;
  #screen: MediaStream | null = null;

  constructor(browser: Browser, listeners: RemoteMediaListeners) {
    this.#browser = browser;
    this.#listeners = listeners;
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  get screen(): MediaStream | null {
    return this.#screen;
  }

  get use(): PeerMedia {
    const { microphone, camera, screen } = this.#sending;
    return { microphone, camera, screen };
  }

  /** What the peer says it sends; an older word than the last one is ignored (P4). True: it is another one. */
  announce(sending: Sending): boolean {
    const { microphone, camera, screen, revision } = this.#sending;
    if (sending.revision <= revision) return false;
    this.#sending = sending;
    const same = sending.microphone === microphone && sending.camera === camera;
    return !same || sending.screen !== screen;
  }

  /** They began anew and count from the start (D7); what is shown stays until they say what they send. */
  forget(): void {
    this.#sending = { ...this.#sending, revision: -1 };
  }

  /** Brings the streams in line with what is announced and what is there. */
  update({ audio, video, screenVideo, screenAudio }: Receivers): void {
    const { microphone, camera, screen } = this.#sending;
    const tracks = [microphone !== "off" && audio, camera !== "off" && video].filter(isTrack);
    const isNew = !this.#stream && tracks.length > 0;
    if (isNew) this.#stream = this.#browser.createMediaStream();
    if (this.#stream) fill(this.#stream, tracks);
    if (isNew && this.#stream) this.#listeners.onStream(this.#stream);
    this.#updateScreen(screen === "off" ? [] : [screenVideo, screenAudio].filter(isTrack));
  }

  /** Nothing comes any more. */
  end(): void {
    this.#sending = { ...NOTHING, revision: this.#sending.revision };
    this.update({});
  }

  #updateScreen(tracks: MediaStreamTrack[]): void {
    const before = this.#screen;
    // While a connection is being replaced there are no tracks; what was shared is shared still.
    if (tracks.length === 0 && this.#sending.screen !== "off" && before) return;
    this.#screen = tracks.length > 0 ? (before ?? this.#browser.createMediaStream()) : null;
    if (this.#screen) fill(this.#screen, tracks);
    if (this.#screen !== before) this.#listeners.onScreen(this.#screen);
  }
}

const isTrack = (track: MediaStreamTrack | false | undefined): track is MediaStreamTrack =>
  track instanceof Object;

/** Makes these tracks the stream's. */
function fill(stream: MediaStream, tracks: MediaStreamTrack[]): void {
  for (const track of stream.getTracks()) if (!tracks.includes(track)) stream.removeTrack(track);
  for (const track of tracks) if (!stream.getTracks().includes(track)) stream.addTrack(track);
}
