import type { Debugger } from "obug";
import { browser } from "./browser.js";

type Line = [format: string, ...args: unknown[]];

/**
 * A developer's log, switched on by `localStorage.debug = "cignal-client:*"`. It says what happened and to whom, never
 * what was sent: no description, candidate, credential or token. The library that prints it is loaded only then.
 */
export function debug(area: string): (...line: Line) => void {
  let printer: Promise<Debugger> | undefined;
  return (...line) => {
    if (!browser.wantsDebug()) return;
    printer ??= import("obug").then(({ createDebug }) => createDebug(`cignal-client:${area}`));
    void printer.then((print) => print(...line));
  };
}
