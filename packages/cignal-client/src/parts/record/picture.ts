import type { RecordingBrowser } from "../../browser/recording.js";

/** From here on an element has a picture (HTMLMediaElement.HAVE_CURRENT_DATA). */
const HAS_PICTURE = 2;

/**
 * What a track shows now. When another track comes, the one before is shown until that one has its first picture.
 */
export class Picture {
  readonly #browser: RecordingBrowser;
  #track: MediaStreamTrack | undefined;
  #shown: HTMLVideoElement | undefined;
  #next: HTMLVideoElement | undefined;

  constructor(browser: RecordingBrowser) {
    this.#browser = browser;
  }

  show(track: MediaStreamTrack | undefined): void {
    if (track === this.#track) return;
    this.#track = track;
    release(this.#next);
    this.#next = track && this.#play(track);
  }

  /** What can be drawn, if anything. Of a track that has ended browsers draw black: then there is nothing new. */
  get current(): HTMLVideoElement | undefined {
    if (this.#next && hasPicture(this.#next)) {
      release(this.#shown);
      this.#shown = this.#next;
      this.#next = undefined;
    }
    return this.#shown && isLive(this.#shown) ? this.#shown : undefined;
  }

  /** Forgets the last picture. */
  clear(): void {
    release(this.#next);
    release(this.#shown);
    this.#track = this.#shown = this.#next = undefined;
  }

  /** Waits for the first picture, so long at most. */
  async first(timeoutMs: number): Promise<HTMLVideoElement | undefined> {
    const next = this.#next;
    if (next && !hasPicture(next)) {
      await new Promise((resolve) => {
        next.addEventListener("loadeddata", resolve, { once: true });
        setTimeout(resolve, timeoutMs);
      });
    }
    return this.current;
  }

  #play(track: MediaStreamTrack): HTMLVideoElement {
    const video = this.#browser.createVideo();
    video.srcObject = this.#browser.createStream([track]);
    // Muted elements may always play; what else is thrown here is that it was replaced meanwhile.
    void video.play().catch(() => {});
    return video;
  }
}

const hasPicture = ({ readyState, videoWidth }: HTMLVideoElement) =>
  readyState >= HAS_PICTURE && videoWidth > 0;

function isLive({ srcObject }: HTMLVideoElement): boolean {
  return (
    srcObject instanceof Object &&
    "getTracks" in srcObject &&
    srcObject.getTracks().some(({ readyState }) => readyState === "live")
  );
}

function release(video: HTMLVideoElement | undefined): void {
  if (video) video.srcObject = null;
}
