import createDebug from "debug";
import winston from "winston";

/**
 * All that a log line of Cignal can hold beside its message. Descriptions, candidates, tokens, credentials and
 * `inform` data have no place here, so they cannot get into a log by mistake.
 */
export interface LogDetails {
  /** What part of the server it is about. */
  area?: LogArea;
  namespace?: string;
  roomId?: string | undefined;
  peerId?: string | undefined;
  /** The id of a socket: all lines with the same one are about the same connection. */
  connection?: string;
  /** The network address of a client that has exceeded a limit. */
  address?: string;
  event?: string;
  /** Where live events go. */
  publisher?: string;
  /** How many. */
  count?: number;
  /** What was done to a room. */
  command?: string;
  /** An error code of the protocol. */
  code?: string;
  /** The name and message of an error of the server's own or its host's. */
  error?: string;
}

/** Where log lines go: `console`, a winston logger or anything of that shape. Without `debug`, fewer are made. */
export interface Logger {
  debug?(message: string, details?: LogDetails): unknown;
  info(message: string, details?: LogDetails): unknown;
  warn(message: string, details?: LogDetails): unknown;
  error(message: string, details?: LogDetails): unknown;
  /** If it is there, as in winston: a logger whose lines all have these details. It is asked for one for each area. */
  child?(details: LogDetails): Logger;
}

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** The parts of a server whose lines have a level of their own. */
export const LOG_AREAS = ["server", "connection", "rooms", "limits", "ice", "events"] as const;

export type LogArea = (typeof LOG_AREAS)[number];

/** A winston logger on the console: readable in a terminal, JSON lines anywhere else. It shows whatever it is given. */
export function createDefaultLogger(): Logger {
  const { combine, timestamp, simple, json } = winston.format;
  return winston.createLogger({
    level: "debug",
    format: combine(timestamp(), process.stdout.isTTY ? simple() : json()),
    transports: [new winston.transports.Console()],
  });
}

/** An error's name and message. The rest of it may hold anything: ioredis adds the arguments of the command. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "something that is no Error";
}

/** For developers: `DEBUG=cignal-server:*`. The same rule as for `LogDetails` holds. */
export const trace = {
  connection: createDebug("cignal-server:connection"),
  rooms: createDebug("cignal-server:rooms"),
};
