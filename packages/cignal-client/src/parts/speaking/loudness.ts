/** The quietest that is told apart from silence, and the loudest, in decibels (dBov, RFC 6464). */
const SILENCE_DB = -120;

export const decibels = (level: number): number =>
  level > 0 ? Math.max(SILENCE_DB, 20 * Math.log10(level)) : SILENCE_DB;

/** Below this nobody speaks, in decibels. */
export const QUIET_DB = -60;

/** As people hear it, from 0 (nothing to be heard) to 1 (as loud as can be). */
export const loudness = (level: number): number =>
  Math.min(1, Math.max(0, 1 - decibels(level) / QUIET_DB));
