import type { LogLevelsView } from "../log-levels.js";
import { OptionsError } from "../options.js";
import { type Answer, json, sentence } from "./answers.js";

/** Takes levels as JSON, such as `{"rooms":"debug"}`, and answers with those that hold now. */
export function changeLogLevels(levels: LogLevelsView, body: string): Answer {
  try {
    levels.set(JSON.parse(body));
  } catch (error) {
    if (error instanceof OptionsError) return sentence(400, error.message);
    if (error instanceof SyntaxError) return sentence(400, "log levels: expected JSON");
    throw error;
  }
  return json(levels.all());
}
