import { type IceServer, iceServers, ProtocolError, parse } from "@cignal/protocol";
import type { TurnOptions } from "./ice/turn-credentials.js";
import { LOG_LEVELS, type LogLevel } from "./log.js";
import { isOperatorToken } from "./operations/bearer.js";
import type { OperatorSettings } from "./operations/operators.js";
import { areTurnUrls, OptionsError } from "./options.js";

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
  /** `undefined` leaves the default of `initSocketServer`. */
  readonly iceServers: IceServer[] | undefined;
  /** `undefined`: none. */
  readonly turn: TurnOptions | undefined;
  /** How many proxies each connection passes. */
  readonly trustProxy: number;
  readonly operators: OperatorSettings;
  /** How long calls may go on after SIGTERM, in seconds. */
  readonly drainSeconds: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with one variable. */
class Wrong extends Error {}

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 *
 * | variable      | default     |                                                                          |
 * | ------------- | ----------- | ------------------------------------------------------------------------ |
 * | `HOST`        | `0.0.0.0`   | the address to listen on                                                 |
 * | `PORT`        | `8080`      | 0 to 65535; 0 takes any free port                                        |
 * | `HTTPS`       | `0`         | `1` encrypts, with a self-signed certificate unless the next two are set |
 * | `HTTPS_CERT`  |             | path of a PEM file, together with `HTTPS_KEY`                            |
 * | `HTTPS_KEY`   |             | path of a PEM file, together with `HTTPS_CERT`                           |
 * | `LOG_LEVEL`   | `info`      | `error`, `warn`, `info` or `debug`                                       |
 * | `ICE_SERVERS` | public STUN | a list of `RTCIceServer` as JSON                                         |
 * | `TURN_URLS`   |             | `turn:` and `turns:` URLs with commas between, together with the next    |
 * | `TURN_SECRET` |             | the secret that the TURN servers share, together with `TURN_URLS`        |
 * | `TURN_TTL`    | `3600`      | how long TURN credentials are valid, 60 to 604800 seconds                |
 * | `TRUST_PROXY` | `0`         | how many proxies each connection passes, 0 to 16                         |
 * | `OPERATOR_TOKEN` |          | what `/metrics` and `/rooms` ask for, 16 to 512 characters               |
 * | `OPERATOR_PORT` |           | a port for operators alone, where `/metrics` needs no token              |
 * | `OPERATOR_HOST` | `127.0.0.1` | the address that this port listens on                                  |
 * | `DRAIN_SECONDS` | `0`       | how long calls may go on after SIGTERM, 0 to 86400 seconds               |
 *
 * @throws OptionsError with one line for each variable that is wrong
 */
export function readSettings(env: Environment): Settings {
  const problems: string[] = [];

  function read<T>(name: string, fallback: T, convert: (text: string) => T): T {
    const text = env[name]?.trim();
    if (!text) return fallback;
    try {
      return convert(text);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push(`${name}: ${error.message}`);
      return fallback;
    }
  }

  const asIs = (text: string) => text;
  const https = read("HTTPS", false, asSwitch);
  const cert = read("HTTPS_CERT", "", asIs);
  const key = read("HTTPS_KEY", "", asIs);
  if (cert && !key) problems.push("HTTPS_KEY: is needed together with HTTPS_CERT");
  if (key && !cert) problems.push("HTTPS_CERT: is needed together with HTTPS_KEY");
  if ((cert || key) && !https) problems.push("HTTPS: must be 1 if a certificate is given");

  const urls = read("TURN_URLS", undefined, asTurnUrls);
  const secret = read("TURN_SECRET", "", asIs);
  const ttlSeconds = read("TURN_TTL", undefined, asTtl);
  if (env["TURN_URLS"]?.trim() && !secret) {
    problems.push("TURN_SECRET: is needed together with TURN_URLS");
  }
  if (secret && !env["TURN_URLS"]?.trim()) {
    problems.push("TURN_URLS: is needed together with TURN_SECRET");
  }

  const settings: Settings = {
    host: read("HOST", "0.0.0.0", asIs),
    port: read("PORT", 8080, asPort),
    tls: !https ? { mode: "off" } : cert ? { mode: "files", cert, key } : { mode: "self-signed" },
    logLevel: read("LOG_LEVEL", "info", asLogLevel),
    iceServers: read("ICE_SERVERS", undefined, asIceServers),
    turn: urls && { urls, secret, ttlSeconds },
    trustProxy: read("TRUST_PROXY", 0, asWholeNumber(0, 16)),
    operators: {
      token: read("OPERATOR_TOKEN", undefined, asOperatorToken),
      port: read("OPERATOR_PORT", undefined, asPort),
      host: read("OPERATOR_HOST", "127.0.0.1", asIs),
    },
    drainSeconds: read("DRAIN_SECONDS", 0, asWholeNumber(0, 86_400)),
  };
  if (problems.length > 0) throw new OptionsError(problems.join("\n"));
  return settings;
}

function asSwitch(text: string): boolean {
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  throw new Wrong("expected 1 or 0");
}

function asPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Wrong("expected a whole number from 0 to 65535");
}

function asLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text);
  if (level) return level;
  throw new Wrong(`expected one of ${LOG_LEVELS.join(", ")}`);
}

function asIceServers(text: string): IceServer[] {
  const list = parse(iceServers, parseJson(text));
  if (!(list instanceof ProtocolError)) return list;
  throw new Wrong(list.message);
}

function asTurnUrls(text: string): string[] {
  const urls = text.split(",").map((url) => url.trim());
  if (areTurnUrls(urls)) return urls;
  throw new Wrong(
    'expected one to 8 URLs such as "turn:turn.example.org:3478", with commas between',
  );
}

const asWholeNumber = (min: number, max: number) => (text: string) => {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Wrong(`expected a whole number from ${min} to ${max}`);
};

function asOperatorToken(text: string): string {
  if (isOperatorToken(text)) return text;
  throw new Wrong("expected 16 to 512 characters without spaces");
}

function asTtl(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 60 && seconds <= 604_800) return seconds;
  throw new Wrong("expected a whole number of seconds from 60 to 604800");
}

/** Without the error of `JSON.parse`: it repeats the text, which may hold a credential. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong('expected JSON such as [{"urls":"stun:stun.example.org"}]');
  }
}
