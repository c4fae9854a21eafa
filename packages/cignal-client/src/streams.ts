import type { Browser } from "./browser/browser.js";
import type { LocalMedia } from "./media/local-media.js";
import type { Room } from "./room.js";

/** What each side sends, own side included, as a page can play it. */
export class Streams {
  readonly #browser: Browser;
  readonly #media: LocalMedia;
  readonly #room: () => Room;
  #shared: MediaStream | undefined;

  constructor(browser: Browser, media: LocalMedia, room: () => Room) {
    this.#browser = browser;
    this.#media = media;
    this.#room = room;
  }

  /** Microphone and camera of this peer, or what it shares; `null` while there is none. */
  of(peerId: string, screen: boolean): MediaStream | null {
    const { me, peers } = this.#room();
    if (peerId === me.id) return screen ? this.#ownScreen() : this.#media.stream;
    const peer = peers.find(({ info }) => info.id === peerId);
    return (screen ? peer?.screenStream : peer?.stream) ?? null;
  }

  /** A stream for as long as the same is shared. It is without its sound, which is heard where it comes from. */
  #ownScreen(): MediaStream | null {
    const { track } = this.#media.screen;
    if (!track) return null;
    if (!this.#shared?.getTracks().includes(track)) {
      this.#shared = this.#browser.createMediaStream();
      this.#shared.addTrack(track);
    }
    return this.#shared;
  }
}
