import type { ServerMessage } from "@cignal/protocol";

/** How many messages wait for one member at most; each is of a size that the protocol bounds (S2). */
const HELD_AT_MOST = 64;

interface Absence {
  readonly timer: NodeJS.Timeout;
  /** In the order in which they came; each once, though its sender repeats it (D4). */
  readonly held: Map<unknown, ServerMessage>;
}

/** The same for what is sent again; each other message is one of its own. */
function nameOf(message: ServerMessage): unknown {
  if (message.type !== "signal") return message;
  const { from, envelope } = message.payload;
  return [from, envelope.session, envelope.number].join("\u0000");
}

/** Not part of the stream: it is taken as it comes, or lost (D3). */
const isLoose = (message: ServerMessage) =>
  message.type === "signal" && message.payload.envelope.number === 0;

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
    clearTimeout(this.#absences.get(lost)?.timer);
    this.#absences.set(lost, { timer, held: new Map() });
  }

  /** Keeps a message until the absence ends. False if enough waits already. */
  hold(lost: string, message: ServerMessage): boolean {
    const held = this.#absences.get(lost)?.held;
    if (!held) return false;
    if (isLoose(message)) return true;
    const name = nameOf(message);
    if (held.size >= HELD_AT_MOST && !held.has(name)) return false;
    held.set(name, message);
    return true;
  }

  /** Ends an absence and returns what was held. */
  end(lost: string): readonly ServerMessage[] {
    const absence = this.#absences.get(lost);
    if (!absence) return [];
    clearTimeout(absence.timer);
    this.#absences.delete(lost);
    return [...absence.held.values()];
  }

  /** Ends all of them without a word: this node no longer sees to their ends. */
  stop(): void {
    for (const { timer } of this.#absences.values()) clearTimeout(timer);
    this.#absences.clear();
  }
}
