import { type IceServer, iceServers, ProtocolError, parse } from "@cignal/protocol";
import * as v from "valibot";
import type { Authenticate, Authorize, IceServersFor } from "./access/hooks.js";
import type { Publisher } from "./events/live-event.js";
import type { TurnOptions } from "./ice/turn-credentials.js";
import { LOG_LEVELS, type Logger, type LogLevel } from "./log.js";
import { aFunction, exactly, wholeNumber, withMethods } from "./option-checks.js";
import { MemoryStore } from "./rooms/memory-store.js";
import type { RoomStore } from "./rooms/room-store.js";

/** What `initSocketServer` can be told. */
export interface CignalServerOptions {
  /**
   * How many peers a room holds, those within their grace period included: 2 to 1000. Default 2, or 8 with `groups`.
   */
  maxPeers?: number | undefined;
  /** Whether rooms are for groups. Default `false`: for two. */
  groups?: boolean | undefined;
  /**
   * How long a peer whose connection was lost keeps its place, in milliseconds: 0 to 86,400,000 (a day).
   * Default 30,000.
   */
  gracePeriodMs?: number | undefined;
  /**
   * How long a peer keeps its place whose page said that it goes away and may come back, such as one that is being
   * reloaded, in milliseconds: 0 to 86,400,000. If `gracePeriodMs` is shorter, that counts. Default 5,000.
   */
  returnPeriodMs?: number | undefined;
  /**
   * What peers get to find a path to each other with, or a function that makes it for each peer. Default: Google's
   * public STUN server.
   */
  iceServers?: IceServer[] | IceServersFor | undefined;
  /** TURN servers, appended to `iceServers` with short-lived credentials for each peer. Default: none. */
  turn?: TurnOptions | undefined;
  /**
   * Whether all peers are reached over TURN servers alone, so that none learns the address of another. A client may
   * ask for it itself. Default `false`.
   */
  relayOnly?: boolean | undefined;
  /** Whether guests wait until a host is in the room. Needs hosts by `authenticate`. Default `false`. */
  waitForHost?: boolean | undefined;
  /** Whether rooms begin locked, so that everybody after the first must be admitted. Default `false`. */
  lockNewRooms?: boolean | undefined;
  /**
   * What people learn of a room without entering it: how many are in it, also their names, or nothing. Default `"count"`.
   */
  presence?: false | "count" | "names" | undefined;
  /** Whether nobody sees who has the role "inspector" by `authenticate`. Default `false`. */
  invisibleInspectors?: boolean | undefined;
  /** The Socket.IO namespace, which is Cignal's alone. Default `"/cignal"`. */
  namespace?: string | undefined;
  /** What one socket, one room and one address may do. */
  limits?: Limits | undefined;
  /**
   * How many proxies of yours each connection passes, such as nginx: 0 to 16. The address of a client is then what the
   * outermost has added to `X-Forwarded-For`. Default 0: the address of the socket, whatever the header says.
   */
  trustProxy?: number | undefined;
  /**
   * The origins whose pages may connect, such as `"https://example.org"`. It is the first thing that is looked at. Default:
   * all.
   */
  allowedOrigins?: string[] | undefined;
  /**
   * Whether a client without an `Origin` header is refused as well. Such are programs that are no browser, and pages of
   * the server's own origin while they cannot use WebSocket. Default `false`.
   */
  requireOrigin?: boolean | undefined;
  /** Who may connect, and who they are. Default: everybody, as what they say. */
  authenticate?: Authenticate | undefined;
  /** Who may do what. Default: hosts what is theirs, everybody the rest. */
  authorize?: Authorize | undefined;
  /**
   * How long `authenticate` and `authorize` may take, in milliseconds: 100 to 60,000. After that they count as
   * `unavailable`. Default 5,000.
   */
  hookTimeoutMs?: number | undefined;
  /** Where rooms are kept. Default: in memory. */
  store?: RoomStore | undefined;
  /** Which systems are told what happens in rooms. Default: none. */
  liveEvents?: LiveEventsOptions | undefined;
  /** Where log lines go. Default: winston, on the console. */
  logger?: Logger | undefined;
  /**
   * The least severe lines that are logged; `logLevels` of the server changes it while it runs. Default `"info"`, and all
   * with a `logger` of your own.
   */
  logLevel?: LogLevel | undefined;
}

export interface LiveEventsOptions {
  /** Where they go: a function, or a publisher such as those of `cignal-server/rabbitmq` and `/webhook`, or several. */
  to: Destination | readonly Destination[];
  /** How often each room that runs is told of, in milliseconds: 1,000 to 3,600,000. Default 60,000. */
  intervalMs?: number | undefined;
  /** How many events wait for a publisher that takes none: 100 to 1,000,000. The oldest are dropped. Default 10,000. */
  maxBuffered?: number | undefined;
}

type Destination = Publisher | Publisher["publish"];

/** Its own two are for each socket. */
export interface Limits extends MessageLimits {
  /** Signals that all members of a room together may send, on each node. Default 500 a second, 2,000 at once. */
  perRoom?: MessageLimits | undefined;
  /**
   * What one address may do: an IPv4 address, or an IPv6 network of 64 bits. The defaults are for an office of 1,000
   * people behind one address. `false`: no limits.
   */
  perAddress?: AddressLimits | false | undefined;
}

export interface AddressLimits {
  /** Connections that are open at once: 1 to 1,000,000. Default 1,000. */
  connections?: number | undefined;
  /** Handshakes a minute: 1 to 1,000,000. Default 2,000. */
  handshakesPerMinute?: number | undefined;
  /** New rooms a minute: 1 to 1,000,000. Default 600. */
  roomsPerMinute?: number | undefined;
}

export interface MessageLimits {
  /** Messages a second in the long run: 1 to 100,000. Default 50. */
  messagesPerSecond?: number | undefined;
  /** Messages at once after a pause: 1 to 100,000. Default 200. */
  burst?: number | undefined;
}

/** Options or settings that Cignal cannot run with. The message names each one and says what is expected. */
export class OptionsError extends TypeError {
  override readonly name = "OptionsError";

  constructor(
    message: string,
    /** Which one, as a path: `"iceServers.0.urls"`. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** As `iceServers` has them, which needs credentials to be complete. */
export const areTurnUrls = (urls: unknown) =>
  [urls].flat().every((url) => typeof url === "string" && /^turns?:/.test(url)) &&
  !(parse(iceServers, [{ urls, username: "u", credential: "c" }]) instanceof ProtocolError);

/** As browsers and the web views of apps send it, such as `capacitor://localhost`, for which `URL` knows no origin. */
const isOrigin = (text: string) =>
  URL.canParse(text) &&
  (new URL(text).origin === text || /^(?!https?:)[a-z][a-z\d+.-]*:\/\/[^/?#@]+$/.test(text));

const areDestinations = (to: unknown) =>
  [to].flat().every((each) => typeof (Object(each).publish ?? each) === "function");

const messageLimits = (messagesPerSecond: number, burst: number) => ({
  messagesPerSecond: v.optional(wholeNumber(1, 100_000), messagesPerSecond),
  burst: v.optional(wholeNumber(1, 100_000), burst),
});

const upTo = (most: number) => v.optional(wholeNumber(1, 1_000_000), most);

const addressLimits = exactly({
  connections: upTo(1_000),
  handshakesPerMinute: upTo(2_000),
  roomsPerMinute: upTo(600),
});

const noLimits = v.literal(false);

const givenSchema = exactly({
  maxPeers: v.optional(wholeNumber(2, 1000)),
  groups: v.optional(v.boolean(), false),
  gracePeriodMs: v.optional(wholeNumber(0, 86_400_000), 30_000),
  returnPeriodMs: v.optional(wholeNumber(0, 86_400_000), 5_000),
  iceServers: v.optional(
    v.lazy<typeof iceServers | ReturnType<typeof aFunction<IceServersFor>>>((given) =>
      typeof given === "function" ? aFunction<IceServersFor>() : iceServers,
    ),
    [{ urls: "stun:stun.l.google.com:19302" }],
  ),
  turn: v.optional(
    exactly({
      urls: v.custom<string | string[]>(
        areTurnUrls,
        'expected one to 8 URLs such as "turn:turn.example.org:3478"',
      ),
      secret: v.pipe(v.string(), v.minLength(1, "expected the secret of the TURN server")),
      ttlSeconds: v.optional(wholeNumber(60, 604_800), 3_600),
    }),
  ),
  relayOnly: v.optional(v.boolean(), false),
  waitForHost: v.optional(v.boolean(), false),
  lockNewRooms: v.optional(v.boolean(), false),
  presence: v.optional(
    v.custom<false | "count" | "names">(
      (value) => value === false || value === "count" || value === "names",
      'expected "count", "names" or false',
    ),
    "count",
  ),
  invisibleInspectors: v.optional(v.boolean(), false),
  namespace: v.optional(
    v.pipe(v.string(), v.regex(/^\/[^,?\s]*$/, 'expected a Socket.IO namespace such as "/cignal"')),
    "/cignal",
  ),
  limits: v.optional(
    exactly({
      ...messageLimits(50, 200),
      perRoom: v.optional(exactly(messageLimits(500, 2_000)), {}),
      perAddress: v.optional(
        v.lazy<typeof noLimits | typeof addressLimits>((given) =>
          given === false ? noLimits : addressLimits,
        ),
        {},
      ),
    }),
    {},
  ),
  trustProxy: v.optional(wholeNumber(0, 16), 0),
  allowedOrigins: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.check(isOrigin, 'expected an origin such as "https://example.org", without a path'),
      ),
    ),
  ),
  requireOrigin: v.optional(v.boolean(), false),
  authenticate: v.optional(aFunction<Authenticate>()),
  authorize: v.optional(aFunction<Authorize>()),
  hookTimeoutMs: v.optional(wholeNumber(100, 60_000), 5_000),
  store: v.optional(
    withMethods<RoomStore>("a room store", ["load", "commit", "claim", "count", "page"]),
    () => new MemoryStore(),
  ),
  liveEvents: v.optional(
    exactly({
      to: v.custom<LiveEventsOptions["to"]>(
        areDestinations,
        "expected a function or a publisher, or a list of them",
      ),
      intervalMs: v.optional(wholeNumber(1_000, 3_600_000), 60_000),
      maxBuffered: v.optional(wholeNumber(100, 1_000_000), 10_000),
    }),
  ),
  logger: v.optional(withMethods<Logger>("a logger", ["info", "warn", "error"])),
  logLevel: v.optional(v.picklist(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(", ")}`)),
});

/** Everybody in a room is connected to everybody. */
const GROUP = 8;

const optionsSchema = v.pipe(
  givenSchema,
  v.transform(({ groups, maxPeers = groups ? GROUP : 2, ...rest }) => ({
    ...rest,
    capacity: maxPeers,
  })),
);

/** The options with every default in its place. */
export type Options = v.InferOutput<typeof optionsSchema>;

/**
 * @throws OptionsError if an option is unknown or wrong
 */
export function parseOptions(options: unknown = {}): Options {
  return orThrow(parse(optionsSchema, options));
}

/**
 * @throws OptionsError if the list is wrong
 */
export function parseIceServers(list: unknown): IceServer[] {
  return orThrow(parse(iceServers, list));
}

function orThrow<T>(parsed: T | ProtocolError): T {
  if (!(parsed instanceof ProtocolError)) return parsed;
  throw new OptionsError(`cignal-server: ${parsed.message}`, parsed.field);
}
