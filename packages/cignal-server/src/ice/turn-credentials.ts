import { createHmac } from "node:crypto";
import type { IceServer } from "@cignal/protocol";

/** TURN servers that share a secret with this one, such as coturn with `use-auth-secret`. */
export interface TurnOptions {
  /** `turn:` and `turns:` URLs of the servers. */
  urls: string | string[];
  /** coturn's `static-auth-secret`. It never leaves the server. */
  secret: string;
  /** How long credentials are valid, in seconds: 60 to 604,800 (a week). Default 3,600. */
  ttlSeconds?: number | undefined;
}

/** The same with every default in its place. */
export type Turn = { readonly [Name in keyof TurnOptions]-?: NonNullable<TurnOptions[Name]> };

/** coturn answers a user name with one of these with 400; the percent sign keeps what is escaped unambiguous. */
const REFUSED_BY_COTURN = /[ "'\\%]/g;

const escaped = (character: string) => `%${character.charCodeAt(0).toString(16)}`;

/**
 * An ICE server entry with credentials for one peer (C4).
 *
 * @param now - milliseconds since the epoch
 */
export function mintTurnServer(
  { urls, secret, ttlSeconds }: Turn,
  peerId: string,
  now: number,
): IceServer {
  const expiry = Math.floor(now / 1_000) + ttlSeconds;
  const username = `${expiry}:${peerId.replace(REFUSED_BY_COTURN, escaped)}`;
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return { urls, username, credential };
}
