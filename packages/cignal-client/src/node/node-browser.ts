import { type Browser, browser } from "../browser/browser.js";
import { NodeMediaStream } from "./node-media-stream.js";
import { NodePeerConnection } from "./node-peer-connection.js";
import type { Werift } from "./werift.js";

const CODECS = {
  audio: { mimeType: "audio/opus", clockRate: 48_000, channels: 2 },
  video: { mimeType: "video/VP8", clockRate: 90_000 },
};

/** Node in place of a browser: connections are werift's; there is no page, no device, no storage and nothing to play with. */
export const nodeBrowser = (werift: Werift): Browser => ({
  ...browser,
  describeClient: () => ({ platform: "Node", version: `Node ${process.version.slice(1)}` }),
  pageUrl: () => undefined,
  createPeerConnection: (configuration) =>
    new NodePeerConnection(werift, configuration) as unknown as RTCPeerConnection,
  startWebRTC: () => {},
  createMediaStream: () => new NodeMediaStream() as unknown as MediaStream,
  codecs: (kind) => [CODECS[kind]],
  isSecure: () => true,
  getUserMedia: () => undefined,
  getDisplayMedia: () => undefined,
  enumerateDevices: async () => [],
  watchDevices: () => () => {},
  writeClipboard: () => undefined,
  watchPage: () => () => {},
  tabStorage: () => undefined,
  originStorage: () => undefined,
  lock: async () => undefined,
});
