import { type Envelope, envelope, ProtocolError, parse } from "@cignal/protocol";
import { vi } from "vitest";
import { Peer, type PeerOptions } from "../src/peer/peer.js";
import { fakeBrowser } from "./fake-browser.js";
import { FakeTrack, outbound } from "./fake-media.js";
import { FakeNetwork, type FakePeerConnection } from "./fake-peer-connection.js";

export interface Side {
  peer: Peer;
  /** What this side has sent through the server and the other one has not got yet. */
  outbox: Envelope[];
  /** Everything that this side has sent through the server. */
  sent: Envelope[];
  tracks: { audio: FakeTrack; video: FakeTrack };
  heard: {
    called: ReturnType<typeof vi.fn>;
    incoming: ReturnType<typeof vi.fn>;
    cancelled: ReturnType<typeof vi.fn>;
    stream: ReturnType<typeof vi.fn>;
    media: ReturnType<typeof vi.fn>;
    information: ReturnType<typeof vi.fn>;
    bye: ReturnType<typeof vi.fn>;
    unease: ReturnType<typeof vi.fn>;
    doubt: ReturnType<typeof vi.fn>;
    reconnecting: ReturnType<typeof vi.fn>;
    reconnected: ReturnType<typeof vi.fn>;
    connectionFailed: ReturnType<typeof vi.fn>;
    error: ReturnType<typeof vi.fn>;
  };
  /** The connections that this side has made and that are not closed. */
  open: () => FakePeerConnection[];
}

export interface Pair {
  /** The lower id: polite. */
  a: Side;
  b: Side;
  network: FakeNetwork;
  /** While it is not up, nothing can be sent through it. */
  server: { up: boolean };
  /** Hands over everything until nothing is left to say. */
  settle: () => Promise<void>;
  /** Hands over the next message from one side. */
  deliver: (from: "a" | "b") => void;
}

/** Lets every promise that is ready run. */
export const tick = async () => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
  await vi.advanceTimersByTimeAsync(5);
};

/** Two peers, each the other's remote, and between them a server that hands over when the test says so. */
export function peerPair(
  options: Partial<PeerOptions> = {},
  each: { a?: Partial<PeerOptions>; b?: Partial<PeerOptions> } = {},
): Pair {
  const network = new FakeNetwork();
  const server = { up: true };
  const side = (id: string, polite: boolean, special: Partial<PeerOptions> = {}): Side => {
    const own: FakePeerConnection[] = [];
    const outbox: Envelope[] = [];
    const sent: Envelope[] = [];
    const tracks = { audio: new FakeTrack("audio"), video: new FakeTrack("video") };
    const heard = {
      called: vi.fn(),
      incoming: vi.fn(),
      cancelled: vi.fn(),
      stream: vi.fn(),
      screen: vi.fn(),
      media: vi.fn(),
      information: vi.fn(),
      bye: vi.fn(),
      unease: vi.fn(),
      doubt: vi.fn(),
      reconnecting: vi.fn(),
      reconnected: vi.fn(),
      connectionFailed: vi.fn(),
      error: vi.fn(),
    };
    const peer = new Peer({
      browser: fakeBrowser({
        createPeerConnection: (configuration) => {
          const pc = network.create(configuration);
          own.push(pc as unknown as FakePeerConnection);
          return pc;
        },
      }),
      info: { id, name: id },
      polite,
      relayOnly: false,
      receiveOnly: false,
      warm: true,
      rings: false,
      ringTimeoutMs: 45_000,
      timeoutMs: 15_000,
      iceServers: [],
      quality: {},
      outbound: outbound(tracks),
      signal: (_to, message, answered) => {
        if (!server.up) return false;
        outbox.push(message);
        sent.push(message);
        answered?.();
        return true;
      },
      onCalled: heard.called,
      onIncoming: heard.incoming,
      onCancelled: heard.cancelled,
      onStream: heard.stream,
      onScreen: heard.screen,
      onMedia: heard.media,
      onInformation: heard.information,
      onBye: heard.bye,
      serverHeardAt: () => (server.up ? Date.now() : 0),
      onUnease: heard.unease,
      onDoubt: heard.doubt,
      onReconnecting: heard.reconnecting,
      onReconnected: heard.reconnected,
      onConnectionFailed: heard.connectionFailed,
      onChange: () => {},
      onError: heard.error,
      ...options,
      ...special,
    });
    const open = () => own.filter((pc) => pc.signalingState !== "closed");
    return { peer, outbox, sent, tracks, heard, open };
  };
  const a = side("b", true, each.a);
  const b = side("a", false, each.b);

  const deliver = (from: "a" | "b") => {
    const [sender, receiver] = from === "a" ? [a, b] : [b, a];
    const message = sender.outbox.shift();
    if (message) receiver.peer.receive(asReceived(message));
  };
  const settle = async () => {
    await tick();
    while (a.outbox.length + b.outbox.length > 0) {
      deliver("a");
      deliver("b");
      await tick();
    }
  };
  return { a, b, network, server, deliver, settle };
}

/** As the other side's parser makes it out of what travelled. */
export function asReceived(message: Envelope): Envelope {
  const received = parse(envelope, JSON.parse(JSON.stringify(message)));
  if (received instanceof ProtocolError) throw received;
  return received;
}
