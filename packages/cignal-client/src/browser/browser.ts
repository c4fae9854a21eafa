import type { About } from "@cignal/protocol";
import { describeClient } from "./describe-client.js";

export interface PageListeners {
  /** The page goes away: for good, to be reloaded, or (`mayReturn`) to be kept for the back button. */
  onHide: (page: { mayReturn: boolean }) => void;
  /** Connections may not have survived what has just happened: another network, or a sleep. */
  onDoubt: (why: "network-change" | "wake-up") => void;
}

/** Every Web API that the library uses, behind one door, so that a test can stand in for the browser. */
export interface Browser {
  /** What the page runs on. */
  describeClient(): About;
  /** The address of the page, if there is a page. */
  pageUrl(): string | undefined;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** Starts the browser's WebRTC, which takes some 50 ms on a page's first connection. Contacts nobody. */
  startWebRTC(): void;
  createMediaStream(): MediaStream;
  /** The codecs that this browser can receive, in its own order. */
  codecs(kind: "audio" | "video"): RTCRtpCodec[];
  /** An element that nobody sees. */
  createAudio(): HTMLAudioElement;
  /** Whether the page is one to which browsers give devices: on https or on localhost. */
  isSecure(): boolean;
  /** `undefined` where the page has no access to devices, as on plain http. */
  getUserMedia(): ((constraints: MediaStreamConstraints) => Promise<MediaStream>) | undefined;
  /** `undefined` where no screen can be shared, as on phones. */
  getDisplayMedia(): ((options: DisplayMediaStreamOptions) => Promise<MediaStream>) | undefined;
  /** Microphones, cameras and speakers; none where the page has no access to devices. */
  enumerateDevices(): Promise<MediaDeviceInfo[]>;
  /** Tells that a device was connected or removed; returns what removes the listener. */
  watchDevices(listener: () => void): () => void;
  /** `undefined` where the page has no clipboard, as on plain http. */
  writeClipboard(): ((text: string) => Promise<void>) | undefined;
  /** Tells what happens to the page; returns what removes the listeners. */
  watchPage(listeners: PageListeners): () => void;
  /** What this tab alone remembers, through reloads; `undefined` where there is none, as in a sandboxed frame. */
  tabStorage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined;
  /** What all pages of this origin remember; `undefined` where there is none, as in a sandboxed frame. */
  originStorage(): Pick<Storage, "getItem" | "setItem"> | undefined;
  /**
   * Gets a lock that one page of this origin has at a time, waiting so long at most, in milliseconds. Resolves with what
   * releases it, or `undefined` if it could not be had.
   */
  lock(name: string, waitMs: number): Promise<(() => void) | undefined>;
  /** `undefined` where the page has no cryptography, as on plain http. */
  subtleCrypto(): SubtleCrypto | undefined;
  /** 128 random bits as 22 letters, digits, - and _. */
  randomId(): string;
  /** Whether a developer has asked for logs. */
  wantsDebug(): boolean;
  /** Makes an error of the page's own code visible without disturbing ours. */
  reportError(error: unknown): void;
}

function listen(target: EventTarget | undefined, type: string, listener: (event: Event) => void) {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}

export const browser: Browser = {
  describeClient: () => describeClient(globalThis.navigator),

  pageUrl: () => globalThis.location?.href,

  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),

  startWebRTC: () => globalThis.RTCPeerConnection && new RTCPeerConnection().close(),

  createMediaStream: () => new MediaStream(),

  codecs: (kind) => RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [],

  createAudio: () => new Audio(),

  isSecure: () => globalThis.isSecureContext,

  getUserMedia() {
    const devices = globalThis.navigator?.mediaDevices;
    return devices && ((constraints) => devices.getUserMedia(constraints));
  },

  getDisplayMedia() {
    const devices = globalThis.navigator?.mediaDevices;
    // TypeScript takes it for granted; phones do not have it.
    const exists = typeof devices?.getDisplayMedia === "function";
    return exists ? (options) => devices.getDisplayMedia(options) : undefined;
  },

  enumerateDevices: async () =>
    (await globalThis.navigator?.mediaDevices?.enumerateDevices()) ?? [],

  watchDevices: (listener) => listen(globalThis.navigator?.mediaDevices, "devicechange", listener),

  writeClipboard() {
    const clipboard = globalThis.navigator?.clipboard;
    return clipboard && ((text) => clipboard.writeText(text));
  },

  watchPage({ onHide, onDoubt }) {
    const networkChanged = () => onDoubt("network-change");
    const wokeUp = () => onDoubt("wake-up");
    const { document, navigator } = globalThis;
    const connection = (navigator as { connection?: EventTarget } | undefined)?.connection;
    const unlisten = [
      listen(globalThis, "pagehide", (event) =>
        onHide({ mayReturn: (event as PageTransitionEvent).persisted }),
      ),
      listen(globalThis, "pageshow", (event) => {
        if ((event as PageTransitionEvent).persisted) wokeUp();
      }),
      listen(document, "resume", wokeUp),
      listen(globalThis, "online", networkChanged),
      listen(connection, "change", networkChanged),
    ];
    return () => {
      for (const stop of unlisten) stop();
    };
  },

  tabStorage() {
    try {
      return globalThis.sessionStorage;
    } catch {
      return undefined;
    }
  },

  originStorage() {
    try {
      return globalThis.localStorage;
    } catch {
      return undefined;
    }
  },

  lock: (name, waitMs) =>
    new Promise((resolve) => {
      const locks = globalThis.navigator?.locks;
      if (!locks) return resolve(undefined);
      locks
        .request(
          name,
          { signal: AbortSignal.timeout(waitMs) },
          () => new Promise<void>((release) => resolve(release)),
        )
        .catch(() => resolve(undefined));
    }),
  subtleCrypto: () => globalThis.crypto?.subtle,

  randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  },

  wantsDebug() {
    try {
      return Boolean(globalThis.localStorage?.getItem("debug"));
    } catch {
      // A page without storage, such as a sandboxed frame, throws on the mere access.
      return false;
    }
  },

  reportError(error) {
    queueMicrotask(() => {
      throw error;
    });
  },
};
