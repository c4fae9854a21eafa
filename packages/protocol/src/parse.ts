import * as v from "valibot";
import { ProtocolError } from "./error-codes.js";
import { fitsInform } from "./fields.js";

type Schema<T> = v.GenericSchema<unknown, T>;

const isTooLarge = (issue: v.BaseIssue<unknown>) =>
  issue.type === "max_length" || issue.requirement === fitsInform;

function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return value === undefined ? "nothing" : `a value of type ${typeof value}`;
}

/** Says what was wrong without repeating what was sent: it may be a secret, or a megabyte. */
function problem({ type, message, requirement, expected, input }: v.BaseIssue<unknown>): string {
  if (type === "max_length") {
    return `expected at most ${requirement} ${Array.isArray(input) ? "entries" : "characters"}`;
  }
  return message.startsWith("Invalid ") ? `expected ${expected}, got ${kind(input)}` : message;
}

/**
 * The one place that trusts nothing: whatever arrived, from a socket, a data channel or an option, becomes the
 * typed value that `schema` describes, or a `ProtocolError` that names the field. Never throws.
 */
export function parse<T>(schema: Schema<T>, input: unknown): T | ProtocolError {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  const code = isTooLarge(issue) ? "too-large" : "bad-message";
  const message = field === null ? problem(issue) : `${field}: ${problem(issue)}`;
  return new ProtocolError(code, message, field ?? undefined);
}

type Named<Schemas extends Record<string, v.GenericSchema>> = {
  [Type in keyof Schemas]: { type: Type; payload: v.InferOutput<Schemas[Type]> };
}[keyof Schemas];

/** `parse` for a message whose schema is found by its event name in `schemas`. */
export function parseNamed<Schemas extends Record<string, v.GenericSchema>>(
  schemas: Schemas,
  type: string,
  payload: unknown,
): Named<Schemas> | ProtocolError {
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (!schema) {
    return new ProtocolError(
      "unknown-message",
      `there is no such message; known are ${Object.keys(schemas).join(", ")}`,
    );
  }
  const parsed = parse(schema, payload);
  return parsed instanceof ProtocolError ? parsed : ({ type, payload: parsed } as Named<Schemas>);
}
