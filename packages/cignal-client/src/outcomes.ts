import type { CignalEvents } from "./cignal-events.js";
import { CignalError, type Outcome } from "./errors.js";
import type { Emitter } from "./lib/emitter.js";

/** Runs what a page asks for, and tells what failed: as the outcome, and as an event. */
export class Outcomes {
  readonly #events: Emitter<CignalEvents>;
  readonly #isClosed: () => boolean;
  #reported: CignalError | undefined;

  constructor(events: Emitter<CignalEvents>, isClosed: () => boolean) {
    this.#events = events;
    this.#isClosed = isClosed;
  }

  async attempt(run: () => Promise<void>): Promise<Outcome> {
    try {
      if (this.#isClosed()) {
        throw new CignalError("closed", "This room was left. Enter it again first.");
      }
      await run();
      return { success: true };
    } catch (cause) {
      const error =
        cause instanceof CignalError
          ? cause
          : new CignalError("internal", String(cause), { cause });
      this.report(error);
      return { success: false, error };
    }
  }

  report(error: CignalError): void {
    // Microphone and camera may have failed of one cause.
    if (error === this.#reported) return;
    this.#reported = error;
    const { code, message, source } = error;
    if (source === "server") {
      this.#events.emit("serverError", { reason: { code, message }, error });
    } else {
      this.#events.emit("clientError", { reason: message, error });
    }
  }
}
