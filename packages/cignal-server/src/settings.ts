import { type JwtOptions, parseJwtOptions } from "./access/jwt-options.js";
import type { LiveEventSettings } from "./events/destinations.js";
import type { TurnOptions } from "./ice/turn-credentials.js";
import type { LogLevel } from "./log.js";
import type { OperatorSettings } from "./operations/operators.js";
import { type CignalServerOptions, OptionsError, parseOptions } from "./options.js";
import {
  asAddress,
  asIceServers,
  asIs,
  asList,
  asLogLevel,
  asOperatorToken,
  asOption,
  asPort,
  asSwitch,
  asTtl,
  asTurnUrls,
  asWebhookSecret,
  asWholeNumber,
  Wrong,
} from "./settings/convert.js";

/** How the stand-alone server encrypts. */
export type Tls =
  | { readonly mode: "off" }
  /** With a certificate made at start, for development: browsers warn of it. */
  | { readonly mode: "self-signed" }
  /** With PEM files, by their paths. */
  | { readonly mode: "files"; readonly cert: string; readonly key: string };

/** What the stand-alone server runs with. */
export interface Settings {
  /** The address to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls: Tls;
  readonly logLevel: LogLevel;
  /** The tokens that whoever enters must have. `undefined`: everybody may enter. */
  readonly jwt: JwtOptions | undefined;
  /** What else `initSocketServer` is told. */
  readonly options: CignalServerOptions;
  /** The Redis that it shares with other nodes. `undefined`: its rooms are in its memory. */
  readonly redisUrl: string | undefined;
  readonly liveEvents: LiveEventSettings;
  readonly operators: OperatorSettings;
  /** How long calls may go on after SIGTERM, in seconds. */
  readonly drainSeconds: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DAY = 86_400;

/** Reads one variable after the other, and remembers what was wrong. An empty variable counts as absent. */
class Reader {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  read<T, Fallback>(name: string, fallback: Fallback, convert: (text: string) => T): T | Fallback {
    const text = this.#env[name]?.trim();
    if (!text) return fallback;
    try {
      return convert(text);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.problems.push(`${name}: ${error.message}`);
      return fallback;
    }
  }

  has(name: string): boolean {
    return Boolean(this.#env[name]?.trim());
  }

  /** One makes no sense without the other. */
  requires(name: string, other: string): void {
    if (this.has(name) && !this.has(other)) {
      this.problems.push(`${other}: is needed together with ${name}`);
    }
  }
}

/**
 * Reads the settings from environment variables, which `.env.example` explains. An empty variable counts as absent.
 *
 * @throws OptionsError with one line for each variable that is wrong
 */
export function readSettings(env: Environment): Settings {
  const reader = new Reader(env);
  const settings: Settings = {
    host: reader.read("HOST", "0.0.0.0", asIs),
    port: reader.read("PORT", 8080, asPort),
    tls: readTls(reader),
    logLevel: reader.read("LOG_LEVEL", "info", asLogLevel),
    jwt: readJwt(reader),
    options: readOptions(reader),
    redisUrl: reader.read(
      "REDIS_URL",
      undefined,
      asAddress("redis://redis.example.org:6379", "redis:", "rediss:"),
    ),
    liveEvents: readLiveEvents(reader),
    operators: {
      token: reader.read("OPERATOR_TOKEN", undefined, asOperatorToken),
      port: reader.read("OPERATOR_PORT", undefined, asPort),
      host: reader.read("OPERATOR_HOST", "127.0.0.1", asIs),
    },
    drainSeconds: reader.read("DRAIN_SECONDS", 0, asWholeNumber(0, DAY)),
  };
  if (reader.problems.length > 0) throw new OptionsError(reader.problems.join("\n"));
  return settings;
}

function readTls(reader: Reader): Tls {
  const https = reader.read("HTTPS", false, asSwitch);
  const cert = reader.read("HTTPS_CERT", "", asIs);
  const key = reader.read("HTTPS_KEY", "", asIs);
  reader.requires("HTTPS_CERT", "HTTPS_KEY");
  reader.requires("HTTPS_KEY", "HTTPS_CERT");
  if ((cert || key) && !https) reader.problems.push("HTTPS: must be 1 if a certificate is given");
  if (!https) return { mode: "off" };
  return cert ? { mode: "files", cert, key } : { mode: "self-signed" };
}

function readJwt(reader: Reader): JwtOptions | undefined {
  const secret = reader.read(
    "JWT_SECRET",
    undefined,
    asOption(asIs, (given) => parseJwtOptions({ secret: given })),
  );
  const jwks = reader.read(
    "JWT_JWKS_URL",
    undefined,
    asOption(asIs, (given) => parseJwtOptions({ jwks: given })),
  );
  const issuer = reader.read("JWT_ISSUER", undefined, asIs);
  const audience = reader.read("JWT_AUDIENCE", undefined, asIs);
  const requireRoom = reader.read("JWT_REQUIRE_ROOM", true, asSwitch);
  if (reader.has("JWT_SECRET") && reader.has("JWT_JWKS_URL")) {
    reader.problems.push("JWT_SECRET: cannot be set together with JWT_JWKS_URL");
  }
  if (secret !== undefined || jwks !== undefined) {
    return { secret, jwks, issuer, audience, requireRoom };
  }
  // Who wants tokens and forgets the key must not let in everybody.
  for (const name of ["JWT_ISSUER", "JWT_AUDIENCE"]) {
    if (!reader.has(name) || reader.has("JWT_SECRET") || reader.has("JWT_JWKS_URL")) continue;
    reader.problems.push(`JWT_SECRET: is needed, or JWT_JWKS_URL, together with ${name}`);
  }
  return undefined;
}

function readLiveEvents(reader: Reader): LiveEventSettings {
  const rabbitMQUrl = reader.read(
    "RABBITMQ_URL",
    undefined,
    asAddress("amqp://rabbitmq.example.org:5672", "amqp:", "amqps:"),
  );
  const url = reader.read(
    "WEBHOOK_URL",
    undefined,
    asAddress("https://example.org/live-events", "http:", "https:"),
  );
  const secret = reader.read("WEBHOOK_SECRET", "", asWebhookSecret);
  reader.requires("WEBHOOK_URL", "WEBHOOK_SECRET");
  reader.requires("WEBHOOK_SECRET", "WEBHOOK_URL");
  return { rabbitMQUrl, webhook: url === undefined ? undefined : { url, secret } };
}

function readOptions(reader: Reader): CignalServerOptions {
  const defaults = parseOptions();
  const number = (name: string, fallback: number, check: (value: number) => CignalServerOptions) =>
    reader.read(
      name,
      fallback,
      asOption(Number, (value) => parseOptions(check(value))),
    );
  const seconds = (name: string, fallbackMs: number) =>
    1_000 * reader.read(name, fallbackMs / 1_000, asWholeNumber(0, DAY));
  return {
    groups: reader.read("GROUP_ROOMS", false, asSwitch),
    maxPeers: reader.read(
      "MAX_PEERS",
      undefined,
      asOption(Number, (maxPeers) => parseOptions({ maxPeers })),
    ),
    gracePeriodMs: seconds("GRACE_PERIOD_SECONDS", defaults.gracePeriodMs),
    returnPeriodMs: seconds("RETURN_PERIOD_SECONDS", defaults.returnPeriodMs),
    trustProxy: number("TRUST_PROXY", defaults.trustProxy, (trustProxy) => ({ trustProxy })),
    allowedOrigins: reader.read(
      "ALLOWED_ORIGINS",
      undefined,
      asOption(asList, (allowedOrigins) => parseOptions({ allowedOrigins })),
    ),
    requireOrigin: reader.read("REQUIRE_ORIGIN", defaults.requireOrigin, asSwitch),
    iceServers: reader.read("ICE_SERVERS", defaults.iceServers, asIceServers),
    turn: readTurn(reader),
    relayOnly: reader.read("RELAY_ONLY", defaults.relayOnly, asSwitch),
    limits: readLimits(reader, defaults.limits, number),
  };
}

function readTurn(reader: Reader): TurnOptions | undefined {
  const urls = reader.read("TURN_URLS", undefined, asTurnUrls);
  const secret = reader.read("TURN_SECRET", "", asIs);
  const ttlSeconds = reader.read("TURN_TTL", 3_600, asTtl);
  reader.requires("TURN_URLS", "TURN_SECRET");
  reader.requires("TURN_SECRET", "TURN_URLS");
  return urls && { urls, secret, ttlSeconds };
}

type Defaults = ReturnType<typeof parseOptions>["limits"];

function readLimits(
  reader: Reader,
  { messagesPerSecond, burst, perRoom, perAddress }: Defaults,
  number: (name: string, fallback: number, check: (value: number) => CignalServerOptions) => number,
): Required<CignalServerOptions>["limits"] {
  const ofAddresses = reader.read("ADDRESS_LIMITS", true, asSwitch);
  const limit = (name: string, fallback: number) =>
    number(name, fallback, (connections) => ({ limits: { perAddress: { connections } } }));
  const messages = (name: string, fallback: number) =>
    number(name, fallback, (messagesPerSecond) => ({ limits: { messagesPerSecond } }));
  const each = perAddress || { connections: 0, handshakesPerMinute: 0, roomsPerMinute: 0 };
  const address = {
    connections: limit("ADDRESS_CONNECTIONS", each.connections),
    handshakesPerMinute: limit("ADDRESS_HANDSHAKES_PER_MINUTE", each.handshakesPerMinute),
    roomsPerMinute: limit("ADDRESS_ROOMS_PER_MINUTE", each.roomsPerMinute),
  };
  return {
    messagesPerSecond: messages("SOCKET_MESSAGES_PER_SECOND", messagesPerSecond),
    burst: messages("SOCKET_BURST", burst),
    perRoom: {
      messagesPerSecond: messages("ROOM_MESSAGES_PER_SECOND", perRoom.messagesPerSecond),
      burst: messages("ROOM_BURST", perRoom.burst),
    },
    perAddress: ofAddresses && address,
  };
}
