import { createHash, timingSafeEqual } from "node:crypto";
import { nanoid } from "nanoid";

/** 24 characters of 6 random bits each (L5). */
export function createResumeToken(): string {
  return nanoid(24);
}

/** How the server keeps a token (L5). */
export function hashResumeToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** Whether a token is the one that is kept as `hash`. Constant in time, so that nobody learns it by trying (L4). */
export function isResumeToken(token: string, hash: string): boolean {
  const [shown, kept] = [Buffer.from(hashResumeToken(token)), Buffer.from(hash)];
  return shown.length === kept.length && timingSafeEqual(shown, kept);
}
