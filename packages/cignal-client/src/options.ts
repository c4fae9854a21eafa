import type { Details, Handshake, WaitingReason } from "@cignal/protocol";
import type { Browser } from "./browser/browser.js";
import { checkOptions, type Expected } from "./check-options.js";
import type { Json } from "./cignal-events.js";
import { checkQuality, type Quality } from "./media/quality-options.js";
import type { OpenSocket, Token } from "./signaling/socket.js";

/** What `Cignal.createRoom` takes. Everything is optional; `null`, `undefined` and `""` mean the default. */
export interface CignalOptions {
  /** Where the server runs; path and query are ignored. Default: the page's address. */
  url?: string | null | undefined;
  /** The room: 1 to 128 characters. Default: a new room with 128 random bits as its id. */
  roomId?: string | null | undefined;
  /** Who I am, unique in the room: 1 to 128 characters. Default: 128 random bits, the same after a reload. */
  peerId?: string | null | undefined;
  /** My name as the others see it, at most 64 characters. Default: the role, else "Peer". */
  peerName?: string | null | undefined;
  /** Any word of yours, at most 64 characters: "teacher", "student". */
  role?: string | null | undefined;
  /** The version of your app, for whoever runs the server and for the others: at most 64 characters. Default: none. */
  appVersion?: string | null | undefined;
  /**
   * What lets me in, such as a JWT, at most 8,192 characters; or what gets it, asked anew for each connection to the
   * server. Then who comes back has a fresh one. Default: none.
   */
  token?: Token | null | undefined;
  /** `"open"`: only into a new room (`room-exists`). `"join"`: only into one that is there (`no-such-room`). Default: either. */
  enter?: "open" | "join" | null | undefined;
  /** Of the room, at most 128 characters. Who opens a room gives it one. Default: none. */
  password?: string | null | undefined;
  /** Whether to ask the hosts of a locked room to be let in, in place of `room-locked`. Default: `false`. */
  knock?: boolean | undefined;
  /**
   * Told when a host must let me in first: one who is not there yet (`"host"`), or one who is asked (`"knock"`). Until then
   * `createRoom` is pending, however long; `signal` ends it.
   */
  onWaiting?: ((waiting: { readonly reason: WaitingReason }) => void) | null | undefined;
  /** Whatever my app tells the others of me: an object of at most 4,096 characters of JSON. Default: none. */
  details?: Readonly<Record<string, Json>> | null | undefined;
  /** What to ask of getUserMedia. Both `false`: receive only. Default: `{ audio: true, video: true }`. */
  mediaConstraints?: MediaStreamConstraints | null | undefined;
  /**
   * Whether a device that was chosen with `switchDevice` is asked for again by the next page of this origin; it is kept
   * in localStorage. A `deviceId` in `mediaConstraints` goes before it. Default: `true`.
   */
  rememberDevices?: boolean | undefined;
  /** Whether to connect as soon as somebody is there, so that the call starts at once. Default: `true`. */
  warm?: boolean | undefined;
  /**
   * Whether a call rings here until `incomingCall` is accepted. Nothing of this side is touched before: no device, no
   * address. Default: `false`, a call is answered by itself.
   */
  ring?: boolean | undefined;
  /** How long a call may ring, in milliseconds. Default: 45,000. */
  ringTimeoutMs?: number | undefined;
  /** How sound, pictures and the screen are sent: codecs, limits, what to keep on a slow network. */
  quality?: Quality | null | undefined;
  /** Whether several may share their screen at the same time; the same for everybody in a room. Default: `false`. */
  manyScreens?: boolean | undefined;
  /**
   * `"relay"` is privacy mode: media go through a TURN server alone, and no address of one side reaches the other. It
   * needs a TURN server. Default: `"all"`.
   */
  iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** The namespace that the server was given. Default: `"/cignal"`. */
  namespace?: string | undefined;
  /** Socket.IO's path on the server. Default: `"/socket.io"`. */
  path?: string | undefined;
  /** Aborted, it leaves the room at any time; `createRoom`, if it has not resolved, then rejects with its reason. */
  signal?: AbortSignal | null | undefined;
  /** How long entering the room, a request or the start of a call may take, in milliseconds. Default: 15,000. */
  timeoutMs?: number | undefined;
}

/** The default of each option filled in. */
export interface Settings {
  /** Origin and namespace. */
  serverUrl: string;
  roomId: string;
  /** `undefined`: this tab's from before a reload, else a random one. */
  peerId: string | undefined;
  peerName: string | undefined;
  role: string | undefined;
  appVersion: string | undefined;
  token: Token | undefined;
  enter: Handshake["enter"];
  password: string | undefined;
  knock: true | undefined;
  /** Whether devices are asked for before the server has let us in: not where a host may say no, or nothing is sent. */
  startsAtOnce: boolean;
  onWaiting: CignalOptions["onWaiting"];
  details: Details | undefined;
  mediaConstraints: MediaStreamConstraints;
  rememberDevices: boolean;
  warm: boolean;
  rings: boolean;
  ringTimeoutMs: number;
  manyScreens: boolean;
  quality: Quality;
  relayOnly: boolean;
  path: string;
  timeoutMs: number;
}

/** `iceServers` is an option of `checkConnection` alone. */
const known: Record<keyof CignalOptions | "iceServers", Expected> = {
  url: "a string",
  roomId: "a string",
  peerId: "a string",
  peerName: "a string",
  role: "a string",
  appVersion: "a string",
  token: "a string or a function",
  enter: ["open", "join"],
  password: "a string",
  knock: "true or false",
  onWaiting: "a function",
  details: "an object",
  namespace: "a string",
  path: "a string",
  mediaConstraints: "an object",
  quality: "an object",
  signal: "an object",
  iceServers: "an object",
  rememberDevices: "true or false",
  warm: "true or false",
  ring: "true or false",
  manyScreens: "true or false",
  ringTimeoutMs: "a number above 0",
  timeoutMs: "a number above 0",
  iceTransportPolicy: ["all", "relay"],
};

/** The outside world; a test gives its own. */
export interface Environment {
  browser: Browser;
  openSocket: OpenSocket;
}

/** Unset is `null`, `undefined` or blank: what an empty prompt or a missing URL parameter gives. */
const set = (value: string | null | undefined): string | undefined =>
  typeof value === "string" && value.trim() === "" ? undefined : (value ?? undefined);

/**
 * Fills in the defaults. Throws a `TypeError` if an option is unknown, of another type or no JSON. The length of ids, names
 * and details is checked where they are used: by the server, which names what is wrong.
 */
export function readOptions(options: CignalOptions, browser: Browser): Settings {
  checkOptions(options, known);
  const { namespace = "/cignal", path = "/socket.io", warm = true, ring = false } = options;
  const { timeoutMs = 15_000, ringTimeoutMs = 45_000, manyScreens = false } = options;
  return {
    serverUrl: new URL(namespace, originOf(set(options.url), browser.pageUrl())).href,
    path,
    roomId: set(options.roomId) ?? browser.randomId(),
    peerId: set(options.peerId),
    peerName: set(options.peerName),
    role: set(options.role),
    appVersion: set(options.appVersion),
    token: options.token || undefined,
    enter: options.enter || undefined,
    password: options.password || undefined,
    knock: options.knock || undefined,
    startsAtOnce: !ring && !options.knock && options.role !== "inspector",
    onWaiting: options.onWaiting,
    details: options.details ? JSON.parse(JSON.stringify(options.details)) : undefined,
    mediaConstraints: options.mediaConstraints ?? { audio: true, video: true },
    rememberDevices: options.rememberDevices ?? true,
    warm: warm && !ring,
    rings: ring,
    ringTimeoutMs,
    manyScreens,
    quality: checkQuality(options.quality ?? {}),
    relayOnly: options.iceTransportPolicy === "relay",
    timeoutMs,
  };
}

/** Throws a `TypeError` where there is no address of a web server. */
function originOf(url: string | undefined, page: string | undefined): string {
  const parsed = URL.canParse(url ?? "", page) ? new URL(url ?? "", page) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:") {
    throw new TypeError(
      'Cignal.createRoom: url: expected the address of the server, such as "https://example.org"',
    );
  }
  return parsed.origin;
}
