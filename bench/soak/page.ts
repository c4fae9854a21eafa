import { Cignal, type Scenario } from "cignal-client";

/** What a page offers to the soak test that drives it. */
interface Soak {
  /** Enters the room, under the same name each time. */
  enter(url: string, roomId: string, peerId: string): Promise<void>;
  /** Starts the call with the other one, once there. */
  call(): Promise<void>;
  leave(): Promise<void>;
  simulate(scenario: Scenario, forMs: number): Promise<void>;
  look(): Promise<Look>;
}

export interface Look {
  /** Pictures decoded by the connections that are not closed. */
  frames: number;
  /** How many those are. */
  connections: number;
  /** What is not as it should be in a call, by the library's own word; empty if all is well. */
  trouble: string;
}

declare global {
  interface Window {
    soak: Soak;
  }
}

/** Each connection that this page has made and nobody has closed. */
const connections = new Set<RTCPeerConnection>();

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.add(this);
  }
};

async function framesOf(pc: RTCPeerConnection): Promise<number> {
  const stats = [...(await pc.getStats()).values()];
  return stats.reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0);
}

let room: Cignal | undefined;

function inRoom(): Cignal {
  if (!room) throw new Error("enter first");
  return room;
}

function troubleOf({ state }: Cignal): string {
  const { signaling, peers, inCall } = state;
  if (signaling === "joined" && inCall && peers.length === 1) return "";
  return `${signaling}, ${inCall ? "in" : "not in"} a call, ${peers.length} others`;
}

window.soak = {
  async enter(url, roomId, peerId) {
    const mediaConstraints = { audio: true, video: { width: 320, height: 240, frameRate: 15 } };
    room = await Cignal.createRoom({ url, roomId, peerId, mediaConstraints });
  },
  async call() {
    const entered = inRoom();
    await new Promise<void>((resolve) => {
      const stop = entered.on("stateChanged", () => look());
      const look = () => {
        if (entered.state.peers.length === 0) return;
        stop();
        resolve();
      };
      look();
    });
    const outcome = await entered.joinRoom();
    if (!outcome.success) throw outcome.error;
  },
  async leave() {
    await inRoom().leaveRoom();
  },
  async simulate(scenario, forMs) {
    const outcome = await inRoom().simulate(scenario, { forMs });
    if (!outcome.success) throw outcome.error;
  },
  async look() {
    for (const pc of connections) if (pc.signalingState === "closed") connections.delete(pc);
    const frames = await Promise.all([...connections].map(framesOf));
    return {
      frames: frames.reduce((sum, count) => sum + count, 0),
      connections: connections.size,
      trouble: troubleOf(inRoom()),
    };
  },
};
