import type { IncomingMessage } from "node:http";

/** What an operator is answered. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

export const sentence = (
  status: number,
  text: string,
  headers: Record<string, string> = {},
): Answer => ({
  status,
  type: "text/plain; charset=utf-8",
  body: `${text}\n`,
  headers,
});

export const json = (value: unknown): Answer => ({
  status: 200,
  type: "application/json",
  body: JSON.stringify(value),
});

/** More than anybody has to say here, in characters. */
const LONGEST = 10_000;

/** What a request brings. `undefined` if it is too much. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LONGEST) return undefined;
  }
  return text;
}
