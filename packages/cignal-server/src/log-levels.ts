import { LOG_AREAS, LOG_LEVELS, type LogArea, type Logger, type LogLevel } from "./log.js";
import { OptionsError } from "./options.js";

/** Which lines of a server get to its logger, now. */
export interface LogLevelsView {
  /** The least severe lines of each area that are logged. */
  all(): Readonly<Record<LogArea, LogLevel>>;
  /**
   * Changes some of them, from the next line on.
   *
   * @throws OptionsError if an area or a level is unknown; then nothing is changed
   */
  set(levels: { readonly [Area in LogArea]?: LogLevel }): void;
}

type Levels = Record<LogArea, LogLevel>;

/** Keeps the level of each area, and drops what is below it before it is made. */
export class LogLevels implements LogLevelsView {
  #levels: Levels;

  constructor(level: LogLevel) {
    this.#levels = Object.fromEntries(LOG_AREAS.map((area) => [area, level])) as Levels;
  }

  all(): Readonly<Record<LogArea, LogLevel>> {
    return { ...this.#levels };
  }

  set(levels: unknown): void {
    if (typeof levels !== "object" || levels === null || Array.isArray(levels)) {
      throw new OptionsError('log levels: expected an object such as {"rooms":"debug"}');
    }
    for (const [area, level] of Object.entries(levels)) {
      // What is not known is not repeated: whoever sent it may have sent anything.
      if (!LOG_AREAS.some((each) => each === area)) {
        throw new OptionsError(`log levels: expected areas out of ${LOG_AREAS.join(", ")}`);
      }
      if (!LOG_LEVELS.some((each) => each === level)) {
        throw new OptionsError(`log levels: expected levels out of ${LOG_LEVELS.join(", ")}`, area);
      }
    }
    this.#levels = { ...this.#levels, ...levels };
  }

  /** A logger for the lines of an area. */
  logger(area: LogArea, whole: Logger): Logger {
    const logger = whole.child?.({ area }) ?? whole;
    const shows = (level: LogLevel) =>
      LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(this.#levels[area]);
    return {
      // Absent while nobody would see it, so that nothing is made for it.
      get debug() {
        if (!logger.debug || !shows("debug")) return undefined;
        return (...line: Parameters<Logger["info"]>) => logger.debug?.(...line);
      },
      info: (...line) => void (shows("info") && logger.info(...line)),
      warn: (...line) => void (shows("warn") && logger.warn(...line)),
      error: (...line) => void logger.error(...line),
    };
  }
}
