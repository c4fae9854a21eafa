import { createHash, timingSafeEqual } from "node:crypto";

const hash = (text: string) => createHash("sha256").update(text).digest();

/** Whether an `Authorization` header brings this token. Constant in time, so that nobody learns it by trying. */
export function bearsToken(header: string | undefined, token: string): boolean {
  const [, brought] = /^Bearer +(\S+)$/i.exec(header ?? "") ?? [];
  return brought !== undefined && timingSafeEqual(hash(brought), hash(token));
}
