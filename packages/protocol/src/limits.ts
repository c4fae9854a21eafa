/** What a message may hold at most (M1). Lengths are UTF-16 code units. */
export const LIMITS = {
  /** A room or peer id. */
  id: 128,
  /** A display name, a role or a word about a client. */
  name: 64,
  /** A session description; Chromium's with audio, video and data is about 6,500. */
  sdp: 65_536,
  /** One ICE candidate line. */
  candidate: 1_024,
  /** Candidates in one batch. */
  candidates: 64,
  /** What `inform` carries, as JSON. */
  data: 65_536,
  /** How deeply arrays and objects may nest in what `inform` carries. */
  dataDepth: 32,
  /** What a peer tells of itself in `details`, as JSON. */
  details: 4_096,
  /** How deeply arrays and objects may nest in `details`. */
  detailsDepth: 8,
  /** The password of a room. */
  password: 128,
  /** Entries in a list of ICE servers. */
  iceServers: 16,
  /** URLs of one ICE server. */
  iceUrls: 8,
  /** One ICE server URL, user name or credential. */
  iceText: 512,
  /** A resume token or a connection id. */
  token: 64,
  /** What the app gave its user to show at the door; a JWT signed with RSA and a few claims is about 700. */
  accessToken: 8_192,
} as const;
