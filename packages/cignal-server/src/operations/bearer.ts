import { createHash, timingSafeEqual } from "node:crypto";

/** Whether it is long enough not to be guessed, and fits into a header. */
export const isOperatorToken = (text: string) => /^[!-~]{16,512}$/.test(text);

const hash = (text: string) => createHash("sha256").update(text).digest();

/** Whether an `Authorization` header brings this token. Constant in time, so that nobody learns it by trying. */
export function bearsToken(header: string | undefined, token: string): boolean {
  const [, brought] = /^Bearer +(\S+)$/i.exec(header ?? "") ?? [];
  return brought !== undefined && timingSafeEqual(hash(brought), hash(token));
}
