/** What is sent to one person, and what the connection to them bears. What is not known yet is absent. */
export interface PeerSituation {
  readonly id: string;
  /** Whether what is sent goes over a TURN server. */
  readonly relay: boolean;
  /** What the browser believes that it could send to this peer, in bits a second. */
  readonly availableBitrate?: number | undefined;
  /** What it has sent to this peer lately, in bits a second. */
  readonly sentBitrate?: number | undefined;
  readonly roundTripMs?: number | undefined;
  /** Of what was sent, how much has been lost lately: 0 to 1. */
  readonly loss?: number | undefined;
}

/** The picture of the own camera as the app asked for it, before anything was limited. */
export interface OwnCamera {
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly frameRate: number;
}

/** Everything that a policy may decide by. */
export interface Situation {
  /** How many people are in the room, own side included. Who only watches does not count. */
  readonly people: number;
  /** Those to whom something is sent. */
  readonly peers: readonly PeerSituation[];
  /** Absent while nothing is captured. */
  readonly camera?: OwnCamera | undefined;
  /** Whether sound is captured. */
  readonly microphone: boolean;
  /** How many times it was measured so far. The same number again: somebody came or went, and nothing was measured. */
  readonly measurements: number;
  /** Who shares a screen. */
  readonly screen: "own" | "theirs" | "nobody";
  /** Whether the browser makes pictures smaller because the processor is too slow. */
  readonly cpuLimited: boolean;
  /** How long one picture takes to encode, in milliseconds, and all those of one second together. */
  readonly encodeMs?: number | undefined;
  readonly encodeLoad?: number | undefined;
}
