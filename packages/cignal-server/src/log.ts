import createDebug from "debug";
import winston from "winston";

/**
 * All that a log line of Cignal can hold beside its message. Descriptions, candidates, tokens, credentials and
 * `inform` data have no place here, so they cannot get into a log by mistake.
 */
export interface LogDetails {
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
}

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** A winston logger on the console: readable in a terminal, JSON lines anywhere else. */
export function createDefaultLogger(level: LogLevel): Logger {
  const { combine, timestamp, simple, json } = winston.format;
  const logger = winston.createLogger({
    level,
    format: combine(timestamp(), process.stdout.isTTY ? simple() : json()),
    transports: [new winston.transports.Console()],
  });
  return {
    // Left out when nobody would see it: winston formats a line before it drops it.
    ...(level === "debug" && { debug: (message, details) => logger.debug(message, details) }),
    info: (message, details) => logger.info(message, details),
    warn: (message, details) => logger.warn(message, details),
    error: (message, details) => logger.error(message, details),
  };
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
