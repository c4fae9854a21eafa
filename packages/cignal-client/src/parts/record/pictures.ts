import type { AboutPeer } from "../../cignal-events.js";
import { CignalError, type Outcome } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Channel } from "../channels/index.js";
import { type ImageHead, imageHead } from "./image-head.js";

/** Of one picture. */
export const PICTURE_BYTES = 4 * 2 ** 20;

/** Of one picture: four bytes of memory each, however few it was sent in. */
const PIXELS = 50_000_000;

export interface PicturesEvents {
  /** A peer shares a picture: a JPEG, PNG or WebP, by its first bytes. Show it as an image and as nothing else. */
  picture: [picture: Blob, about: AboutPeer];
}

export interface ShareOptions {
  /** The id of the peer that shall get it. Default: everybody. */
  to?: string | undefined;
  /** Aborted, it takes back a picture that still waits for room. */
  signal?: AbortSignal | undefined;
}

/** Pictures that people in the room share. Make it with `openPictures`. */
export class Pictures {
  readonly #channel: Channel;
  readonly #events: Emitter<PicturesEvents>;
  #hears: "nothing yet" | "pictures" = "nothing yet";

  /** @internal */
  constructor(channel: Channel, onListenerError: (error: unknown) => void) {
    this.#channel = channel;
    this.#events = new Emitter<PicturesEvents>({ onListenerError });
  }

  /**
   * Sends a picture, a JPEG, PNG or WebP of at most 4 MiB and 50 million pixels, to everybody who has called `openPictures`
   * too, or to one of them. Never rejects; fails as `send` of a channel does, with `bad-argument` if it is no such picture,
   * with `too-large`.
   */
  async share(picture: Blob, options: ShareOptions = {}): Promise<Outcome> {
    if (!(picture instanceof Blob)) return noPicture();
    if (picture.size > PICTURE_BYTES) return tooLarge();
    const data = new Uint8Array(await picture.arrayBuffer());
    const head = imageHead(data);
    if (!head) return noPicture();
    return isShowable(head) ? this.#channel.send(data, options) : tooLarge();
  }

  /** Adds a listener and returns what removes it. Nothing is sent to this page before the first one. */
  on<Name extends keyof PicturesEvents>(
    name: Name,
    listener: (...args: PicturesEvents[Name]) => void,
  ): () => void {
    const off = this.#events.on(name, listener);
    if (this.#hears === "nothing yet") {
      this.#hears = "pictures";
      this.#channel.on("message", (data, about) => {
        if (!(data instanceof Uint8Array)) return;
        const head = imageHead(data);
        if (!head || !isShowable(head)) return;
        this.#events.emit(
          "picture",
          new Blob([data as Uint8Array<ArrayBuffer>], { type: head.type }),
          about,
        );
      });
    }
    return off;
  }

  /** Sends and hears nothing any more. Leaving the room does it, too. */
  close(): void {
    this.#channel.close();
  }
}

const isShowable = ({ width, height }: ImageHead): boolean => width * height <= PIXELS;

const noPicture = () =>
  refused("bad-argument", "share(picture): expected a Blob with a JPEG, PNG or WebP.");

const tooLarge = () => refused("too-large", "A picture has 4 MiB and 50 million pixels at most.");

function refused(code: "too-large" | "bad-argument", message: string): Outcome {
  return { success: false, error: new CignalError(code, message, { field: "picture" }) };
}
