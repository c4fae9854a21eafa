/** One of several pages in a room, as it is told. */
export interface Member {
  port: number;
  room: string;
  me: string;
  media: MediaStreamConstraints;
}

/** What was decoded of somebody. */
export interface Video {
  /** Pictures so far. */
  frames: number;
  /** Of the newest one. */
  pixels: number;
}

/** What a page offers to the benchmark that drives it. */
interface Mesh {
  /** Opens the devices and enters; calls whoever is there, if anybody is. */
  enter(member: Member): Promise<void>;
  /** What was decoded of each of the others so far. */
  videos(): Promise<Video[]>;
}

declare global {
  interface Window {
    mesh: Mesh;
  }
}

/** Enters a room, and hands over each other one's stream. */
export type Contender = (member: Member, onStream: (stream: MediaStream) => void) => Promise<void>;

/** Each connection that this page has made. */
const connections = new Set<RTCPeerConnection>();

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.add(this);
  }
};

async function videosOf(pc: RTCPeerConnection): Promise<Video[]> {
  const stats = [...(await pc.getStats()).values()];
  return stats
    .filter(({ type, kind }) => type === "inbound-rtp" && kind === "video")
    .map(({ framesDecoded = 0, frameWidth = 0, frameHeight = 0 }) => ({
      frames: framesDecoded,
      pixels: frameWidth * frameHeight,
    }));
}

/** Puts `contender` into this page, which plays whatever comes. */
export function serve(contender: Contender) {
  const play = (stream: MediaStream) => {
    const playing = [...document.querySelectorAll("video")];
    if (playing.some(({ srcObject }) => srcObject === stream)) return;
    const video = document.createElement("video");
    Object.assign(video, { autoplay: true, playsInline: true, width: 160, srcObject: stream });
    document.body.append(video);
  };
  window.mesh = {
    enter: (member) => contender(member, play),
    async videos() {
      const open = [...connections].filter(({ signalingState }) => signalingState !== "closed");
      return (await Promise.all(open.map(videosOf))).flat();
    },
  };
}
