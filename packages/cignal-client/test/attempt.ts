import { CignalError, type Outcome } from "../src/errors.js";

/** Runs what a method promised, as `Cignal` does. */
export const attempt =
  (report: (error: CignalError) => void = () => {}) =>
  async (run: () => Promise<void>): Promise<Outcome> => {
    try {
      await run();
      return { success: true };
    } catch (cause) {
      if (!(cause instanceof CignalError)) throw cause;
      report(cause);
      return { success: false, error: cause };
    }
  };
