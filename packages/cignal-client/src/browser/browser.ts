/** Every Web API that the library uses, behind one door, so that a test can stand in for the browser. */
export interface Browser {
  /** The address of the page, if there is a page. */
  pageUrl(): string | undefined;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** Starts the browser's WebRTC, which takes some 50 ms on a page's first connection. Contacts nobody. */
  startWebRTC(): void;
  createMediaStream(): MediaStream;
  /** `undefined` where the page has no access to devices, as on plain http. */
  getUserMedia(): ((constraints: MediaStreamConstraints) => Promise<MediaStream>) | undefined;
  /** `undefined` where the page has no clipboard, as on plain http. */
  writeClipboard(): ((text: string) => Promise<void>) | undefined;
  /** Calls back when the page goes away for good; returns what removes the listener. */
  onPageGone(listener: () => void): () => void;
  /** 128 random bits as 22 letters, digits, - and _. */
  randomId(): string;
  /** Whether a developer has asked for logs. */
  wantsDebug(): boolean;
  /** Makes an error of the page's own code visible without disturbing ours. */
  reportError(error: unknown): void;
}

export const browser: Browser = {
  pageUrl: () => globalThis.location?.href,

  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),

  startWebRTC: () => globalThis.RTCPeerConnection && new RTCPeerConnection().close(),

  createMediaStream: () => new MediaStream(),

  getUserMedia() {
    const devices = globalThis.navigator?.mediaDevices;
    return devices && ((constraints) => devices.getUserMedia(constraints));
  },

  writeClipboard() {
    const clipboard = globalThis.navigator?.clipboard;
    return clipboard && ((text) => clipboard.writeText(text));
  },

  onPageGone(listener) {
    const onPageHide = (event: PageTransitionEvent) => {
      if (!event.persisted) listener();
    };
    globalThis.addEventListener?.("pagehide", onPageHide);
    return () => globalThis.removeEventListener?.("pagehide", onPageHide);
  },

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
