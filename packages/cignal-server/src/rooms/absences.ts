import type { ServerMessage } from "@cignal/protocol";

/** How many messages wait for one member at most; each is of a size that the protocol bounds (S2). */
const HELD_AT_MOST = 64;

interface Absence {
  readonly timer: NodeJS.Timeout;
  readonly held: ServerMessage[];
}

/** The members that are away: one timer for each, and what the others said meanwhile. Named by the lost connection. */
export class Absences {
  readonly #absences = new Map<string, Absence>();

  start(lost: string, periodMs: number, expired: () => void): void {
    const timer = setTimeout(() => {
      this.#absences.delete(lost);
      expired();
    }, periodMs);
    // A process that has nothing else to do need not wait for peers who cannot come back.
    timer.unref();
    this.#absences.set(lost, { timer, held: [] });
  }

  /** Keeps a message until the absence ends. False if enough waits already. */
  hold(lost: string, message: ServerMessage): boolean {
    const held = this.#absences.get(lost)?.held;
    if (!held || held.length >= HELD_AT_MOST) return false;
    held.push(message);
    return true;
  }

  /** Ends an absence and returns what was held. */
  end(lost: string): readonly ServerMessage[] {
    const absence = this.#absences.get(lost);
    if (!absence) return [];
    clearTimeout(absence.timer);
    this.#absences.delete(lost);
    return absence.held;
  }
}
