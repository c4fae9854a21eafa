import { type KeyObject, webcrypto } from "node:crypto";
import { ProtocolError, parse } from "@cignal/protocol";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import { identitySchema } from "./access/ask-hooks.js";
import type { HandshakeInfo, Identity, Refused } from "./access/hooks.js";
import {
  type JwtClaims,
  type JwtOptions,
  type JwtSettings,
  parseJwtOptions,
} from "./access/jwt-options.js";

export type { JwtClaims, JwtOptions } from "./access/jwt-options.js";

/** Less than what `authenticate` may take by default, in milliseconds. */
const FETCH_MS = 4_000;

/** Errors of jose that are not the token's fault, when keys are fetched. */
const NOT_FETCHED = ["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"];

/** Finds out by a token who somebody is. As option `authenticate`, or for one of your own to ask first. */
export type JwtAuthenticate = (
  handshake: Pick<HandshakeInfo, "token">,
) => Promise<Identity | Refused>;

type Verify = (token: string) => Promise<JWTPayload>;

/**
 * The option `authenticate` for JSON Web Tokens (RFC 7519): a token lets its user into the rooms that it names, with its
 * name and role, until it expires.
 *
 * @throws OptionsError if an option is wrong
 */
export function jwtAuthentication(options: JwtOptions): JwtAuthenticate {
  const settings = parseJwtOptions(options);
  let ready: Promise<Verify> | undefined;
  return async ({ token }) => {
    if (!token) return { refused: "unauthorized", message: "This server wants a token." };
    ready ??= prepare(settings);
    const verify = await ready;
    try {
      return read(await verify(token), settings);
    } catch (error) {
      return explain(error, settings);
    }
  };
}

/** jose is loaded when it is needed, and so that the CommonJS build works in every Node 20. */
async function prepare({ key, ...settings }: JwtSettings): Promise<Verify> {
  const { createRemoteJWKSet, jwtVerify } = await import("jose");
  const getKey =
    key instanceof URL ? createRemoteJWKSet(key, { timeoutDuration: FETCH_MS }) : fixed(key);
  const { algorithms, issuer, audience, clockToleranceSeconds: clockTolerance } = settings;
  const expected = {
    algorithms: [...algorithms],
    requiredClaims: ["exp"],
    clockTolerance,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  return async (token) => (await jwtVerify(token, getKey, expected)).payload;
}

/** A key that is there. jose would import a secret anew for each token. */
function fixed(key: KeyObject): JWTVerifyGetKey {
  if (key.type !== "secret") return async () => key;
  const imported = new Map<string, Promise<webcrypto.CryptoKey>>();
  return ({ alg }) => {
    const known = imported.get(alg);
    if (known) return known;
    const algorithm = { name: "HMAC", hash: `SHA-${alg.slice(2)}` };
    const ours = webcrypto.subtle.importKey("raw", key.export(), algorithm, false, ["verify"]);
    imported.set(alg, ours);
    return ours;
  };
}

/** What the claims say. They are signed, and may still be anything. */
function read(payload: JWTPayload, settings: JwtSettings): Identity | Refused {
  const { claims, requireRoom, clockToleranceSeconds } = settings;
  const given = (name: keyof JwtClaims) =>
    Object.hasOwn(payload, claims[name]) ? payload[claims[name]] : undefined;
  const rooms = given("room");
  if (rooms === undefined && requireRoom) {
    return { refused: "forbidden", message: "The token names no room." };
  }
  const identity = parse(identitySchema, {
    rooms,
    name: given("name") ?? undefined,
    role: given("role") ?? undefined,
    peerId: given("peerId") ?? undefined,
    userId: given("userId") ?? undefined,
    expiresAt: (Number(payload.exp) + clockToleranceSeconds) * 1_000,
  });
  if (!(identity instanceof ProtocolError)) return identity;
  const message = "The token is signed and says something that cannot be.";
  return { refused: "unauthorized", message, cause: identity };
}

function explain(error: unknown, { key }: JwtSettings): Refused {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ERR_JWT_EXPIRED") return { refused: "token-expired" };
  const isTheirs = code.startsWith("ERR_J") && !NOT_FETCHED.includes(code);
  return key instanceof URL && !isTheirs
    ? { refused: "unavailable", cause: error }
    : { refused: "unauthorized", message: "The token is not one that this server trusts." };
}
