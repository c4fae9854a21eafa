/** One thing that happened in a page. */
export interface Step {
  /** Milliseconds since 1970. */
  at: number;
  what: string;
}

declare global {
  interface Window {
    steps?: Step[];
  }
}

/** Runs in a page before a contender: notes when it calls the browser's WebRTC and when its socket speaks. */
const steps: Step[] = [];
window.steps = steps;

const note = (what: string) => steps.push({ at: performance.timeOrigin + performance.now(), what });

const METHODS = {
  RTCPeerConnection: [
    "createOffer",
    "createAnswer",
    "setLocalDescription",
    "setRemoteDescription",
    "addIceCandidate",
  ],
  RTCRtpSender: ["replaceTrack", "setParameters", "setStreams"],
  RTCDataChannel: ["send"],
  WebSocket: ["send"],
} as const;

type Method = (this: unknown, ...args: unknown[]) => unknown;

function watchMethod(prototype: Record<string, Method>, label: string, name: string) {
  const original = prototype[name];
  if (!original) return;
  prototype[name] = function (...args) {
    const text = typeof args[0] === "string" ? ` ${args[0].slice(0, 60)}` : "";
    note(`${label}.${name}${text}`);
    const result = original.apply(this, args);
    if (result instanceof Promise) result.then(() => note(`${label}.${name} done`));
    return result;
  };
}

for (const [label, names] of Object.entries(METHODS)) {
  const { prototype } = Reflect.get(window, label) as { prototype: Record<string, Method> };
  for (const name of names) watchMethod(prototype, label, name);
}

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    note("new RTCPeerConnection");
    this.addEventListener("track", ({ track }) => {
      note(`track ${track.kind}`);
      track.addEventListener("unmute", () => note(`unmute ${track.kind}`));
    });
    this.addEventListener("icecandidate", ({ candidate }) => note(`candidate ${candidate?.type}`));
    this.addEventListener("connectionstatechange", () => note(`is ${this.connectionState}`));
    this.addEventListener("datachannel", () => note("data channel"));
  }

  override createDataChannel(label: string, init?: RTCDataChannelInit) {
    const channel = super.createDataChannel(label, init);
    channel.addEventListener("open", () => note("data channel open"));
    channel.addEventListener("message", ({ data }) =>
      note(`data channel got ${data}`.slice(0, 80)),
    );
    return channel;
  }
};

window.WebSocket = class extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    note("new WebSocket");
    this.addEventListener("message", ({ data }) => note(`WebSocket got ${data}`.slice(0, 80)));
  }
};
