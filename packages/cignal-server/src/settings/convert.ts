import { type IceServer, iceServers, ProtocolError, parse } from "@cignal/protocol";
import { LOG_LEVELS, type LogLevel } from "../log.js";
import { isOperatorToken } from "../operations/bearer.js";
import { areTurnUrls, OptionsError } from "../options.js";
import { isWebhookSecret } from "../webhook-options.js";

/** What is wrong with the text of one variable. None repeats the text: it may be a secret. */
export class Wrong extends Error {}

export const asIs = (text: string) => text;

export function asSwitch(text: string): boolean {
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  throw new Wrong("expected 1 or 0");
}

export const asWholeNumber = (min: number, max: number) => (text: string) => {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Wrong(`expected a whole number from ${min} to ${max}`);
};

export const asPort = asWholeNumber(0, 65_535);

/** Several, with commas between. */
export const asList = (text: string) => text.split(",").map((each) => each.trim());

/** Checked as the option is that it becomes, which knows best what it expects. */
export const asOption =
  <T>(convert: (text: string) => T, check: (value: T) => unknown) =>
  (text: string): T => {
    const value = convert(text);
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof OptionsError)) throw error;
      // Without the name that it has as an option.
      throw new Wrong(error.message.replace(/^.*?(?=expected)/, ""));
    }
    return value;
  };

export function asLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text);
  if (level) return level;
  throw new Wrong(`expected one of ${LOG_LEVELS.join(", ")}`);
}

export function asIceServers(text: string): IceServer[] {
  const list = parse(iceServers, parseJson(text));
  if (!(list instanceof ProtocolError)) return list;
  throw new Wrong(list.message);
}

export function asTurnUrls(text: string): string[] {
  const urls = asList(text);
  if (areTurnUrls(urls)) return urls;
  throw new Wrong(
    'expected one to 8 URLs such as "turn:turn.example.org:3478", with commas between',
  );
}

export function asOperatorToken(text: string): string {
  if (isOperatorToken(text)) return text;
  throw new Wrong("expected 16 to 512 characters without spaces");
}

/** An address with one of these schemes, such as "redis:". */
export const asAddress =
  (example: string, ...schemes: readonly string[]) =>
  (text: string) => {
    if (URL.canParse(text)) {
      const { protocol, hostname } = new URL(text);
      if (schemes.includes(protocol) && hostname !== "") return text;
    }
    throw new Wrong(`expected an address such as "${example}"`);
  };

export function asWebhookSecret(text: string): string {
  if (isWebhookSecret(text)) return text;
  throw new Wrong("expected whsec_ and the base64 of 24 to 64 random bytes");
}

export function asTtl(text: string): number {
  try {
    return asWholeNumber(60, 604_800)(text);
  } catch {
    throw new Wrong("expected a whole number of seconds from 60 to 604800");
  }
}

/** Without the error of `JSON.parse`: it repeats the text, which may hold a credential. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong('expected JSON such as [{"urls":"stun:stun.example.org"}]');
  }
}
