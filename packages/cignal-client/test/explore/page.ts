import type { Envelope } from "@cignal/protocol";
import { Peer } from "../../src/peer/peer.js";
import { fakeBrowser } from "../fake-browser.js";
import { FakeTrack, outbound } from "../fake-media.js";
import type { FakeNetwork, FakePeerConnection } from "../fake-peer-connection.js";

/** One side's page from when it was loaded until it is reloaded. */
export interface Page {
  peer: Peer;
  tracks: { audio: FakeTrack; video: FakeTrack };
  /** What it shares when it shares its screen. */
  screen: FakeTrack;
  /** The numbers that arrived, in the order in which they did. */
  heard: number[];
  errors: unknown[];
  /** Its end of the stream (D2), and those ends of the other side's of which the server told it. */
  session: string;
  knownSessions: Set<string>;
  /** What the page shows of the other side. */
  shown: () => readonly unknown[];
  shownScreen: () => readonly unknown[];
  /** The connections that the page has made and that are not closed. */
  open: () => FakePeerConnection[];
}

export interface PageOptions {
  side: "a" | "b";
  network: FakeNetwork;
  warm: boolean;
  rings: boolean;
  /** Whether the camera and the microphone are on. */
  on: boolean;
  /** Whether it shares its screen. */
  sharing: boolean;
  newId: () => string;
  /** Sends through the server; false while it cannot be reached. */
  send: (envelope: Envelope) => boolean;
  isServerUp: () => boolean;
}

/** Makes the `Peer` that one side's page has for the other side. */
export function loadPage(options: PageOptions): Page {
  const { side, network, warm, rings, on, sharing, newId, send, isServerUp } = options;
  const made: FakePeerConnection[] = [];
  const page = { heard: [] as number[], errors: [] as unknown[], knownSessions: new Set<string>() };
  const tracks = { audio: new FakeTrack("audio"), video: new FakeTrack("video") };
  const session = newId();
  const ids = [session];
  const screen = new FakeTrack("video");
  let stream: MediaStream | undefined;
  let screenStream: MediaStream | null = null;
  const peer = new Peer({
    browser: fakeBrowser({
      createPeerConnection: (configuration) => {
        const pc = network.create(configuration);
        made.push(pc as unknown as FakePeerConnection);
        return pc;
      },
      // The first that it asks for is the session's.
      randomId: () => ids.pop() ?? newId(),
    }),
    info: { id: side === "a" ? "b" : "a", name: "the other side" },
    polite: side === "a",
    relayOnly: false,
    receiveOnly: false,
    warm,
    rings,
    ringTimeoutMs: 20_000,
    timeoutMs: 15_000,
    iceServers: [],
    quality: {},
    outbound: outbound(on ? tracks : undefined, sharing ? screen : null),
    signal: (_to, envelope, answered) => {
      const taken = send(envelope);
      if (taken) answered?.();
      return taken;
    },
    onCalled: () => {},
    onIncoming: () => {},
    onCancelled: () => {},
    onStream: (_peer, shown) => {
      stream = shown;
    },
    onScreen: (_peer, shown) => {
      screenStream = shown;
    },
    onMedia: () => {},
    onInformation: (_peer, data) => void page.heard.push(data as number),
    onBye: () => {},
    onReconnecting: () => {},
    onReconnected: () => {},
    onChange: () => {},
    serverHeardAt: () => (isServerUp() ? Date.now() : 0),
    onUnease: () => {},
    onDoubt: () => {},
    onConnectionFailed: () => {},
    onError: (error) => void page.errors.push(error.cause ?? error),
  });
  return {
    ...page,
    session,
    peer,
    tracks,
    screen,
    shownScreen: () => screenStream?.getVideoTracks() ?? [],
    shown: () => stream?.getTracks() ?? [],
    open: () => made.filter((pc) => pc.signalingState !== "closed"),
  };
}
