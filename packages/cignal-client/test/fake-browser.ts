import type { Browser, PageListeners } from "../src/browser/browser.js";
import { browser } from "../src/browser/browser.js";
import { FakeTrack } from "./fake-media.js";
import { FakeNetwork } from "./fake-peer-connection.js";
import { FakePlayer } from "./fake-player.js";

class FakeStream {
  #tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = tracks;
  }

  getTracks = () => [...this.#tracks];
  getAudioTracks = () => this.#tracks.filter(({ kind }) => kind === "audio");
  getVideoTracks = () => this.#tracks.filter(({ kind }) => kind === "video");
  addTrack = (track: FakeTrack) => void this.#tracks.push(track);
  removeTrack = (track: FakeTrack) => {
    this.#tracks = this.#tracks.filter((other) => other !== track);
  };
}

/** A storage of its own, for two pages of one origin. */
export function fakeStorage(): Pick<Storage, "getItem" | "setItem"> {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
  };
}

export const fakeStream = (...kinds: ("audio" | "video")[]): MediaStream =>
  new FakeStream(kinds.map((kind) => new FakeTrack(kind))) as unknown as MediaStream;

/** A browser with a camera and a microphone, a clipboard, and peer connections that find each other in `network`. */
export function fakeBrowser({
  network = new FakeNetwork(),
  ...overrides
}: Partial<Browser> & { network?: FakeNetwork } = {}): Browser & { page: PageListeners } {
  const nobody: PageListeners = { onHide: () => {}, onDoubt: () => {} };
  const page = { ...nobody };
  return {
    describeClient: () => ({ platform: "Web" }),
    pageUrl: () => "https://example.org/call?roomId=x",
    createPeerConnection: network.create,
    startWebRTC: () => {},
    isSecure: () => false,
    createMediaStream: () => fakeStream(),
    codecs: () => [],
    createAudio: () => new FakePlayer() as unknown as HTMLAudioElement,
    getUserMedia:
      () =>
      async ({ audio, video }) =>
        fakeStream(...(audio ? (["audio"] as const) : []), ...(video ? (["video"] as const) : [])),
    getDisplayMedia: () => async () => fakeStream("video", "audio"),
    enumerateDevices: async () => [],
    watchDevices: () => () => {},
    writeClipboard: () => async () => {},
    watchPage: (listeners) => {
      Object.assign(page, listeners);
      return () => Object.assign(page, nobody);
    },
    tabStorage: () => undefined,
    originStorage: () => undefined,
    lock: async () => undefined,
    subtleCrypto: browser.subtleCrypto,
    randomId: browser.randomId,
    wantsDebug: () => false,
    reportError: (error) => {
      throw error;
    },
    ...overrides,
    page,
  };
}
