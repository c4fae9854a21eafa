/** One side of a call, as its page is told. */
export interface Side {
  /** Where the signalling server is. */
  host: string;
  port: number;
  room: string;
  me: string;
  other: string;
  /** How to connect; Cignal has its ICE servers from its own server. */
  rtc: RTCConfiguration;
  /** What to open the devices with. */
  media: MediaStreamConstraints;
}

/** A side that is known to its server and has its devices open. */
export interface Prepared {
  /** Resolves when the other one is there and a call can start. */
  ready: Promise<unknown>;
  /** The click. */
  call(): void;
}

/** Prepares one side; hands over the other's stream as soon as the library does. */
export type Contender = (side: Side, onStream: (stream: MediaStream) => void) => Promise<Prepared>;
