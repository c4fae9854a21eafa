import { createPublicKey, createSecretKey, type JsonWebKey, KeyObject } from "node:crypto";
import { ProtocolError, parse } from "@cignal/protocol";
import * as v from "valibot";
import { OptionsError } from "../options.js";

/** Which claim of a token says what. */
export interface JwtClaims {
  /** The room, or a list of rooms. Default `"room"`. */
  room?: string | undefined;
  /** What the user may do. Default `"role"`. */
  role?: string | undefined;
  /** The user's name as others see it, at most 64 characters. Default `"name"`. */
  name?: string | undefined;
  /** The only peer id that the user may have. Default `"peerId"`. */
  peerId?: string | undefined;
  /** Your own id of the user. Default `"sub"`. */
  userId?: string | undefined;
}

/** What `jwtAuthentication` can be told: one of `secret`, `publicKey` and `jwks`, and what else a token must be. */
export interface JwtOptions {
  /** What whoever makes the tokens shares with this server, for HMAC: at least 32 bytes. */
  secret?: string | Uint8Array | undefined;
  /** The public key of whoever makes the tokens: PEM, a JWK or a `KeyObject`. */
  publicKey?: string | object | undefined;
  /** Where that one publishes its keys (RFC 7517), on https. They are fetched when needed, and kept for 10 minutes. */
  jwks?: string | URL | undefined;
  /**
   * The algorithms that a token may be signed with, whatever it says. Default: `HS256` with a secret, what fits the key
   * with a public key, `RS256`, `PS256`, `ES256` and `EdDSA` with `jwks`.
   */
  algorithms?: string[] | undefined;
  /** Who must have made the token, as its claim `iss` says. Default: whoever has the key. */
  issuer?: string | string[] | undefined;
  /** Whom it must be made for, as its claim `aud` says. Default: anybody. */
  audience?: string | string[] | undefined;
  /** Other names of claims. */
  claims?: JwtClaims | undefined;
  /** Whether a token must name rooms. If it need not, one that names none opens all. Default `true`. */
  requireRoom?: boolean | undefined;
  /** How far clocks may be apart, in seconds: 0 to 60. Default 5. */
  clockToleranceSeconds?: number | undefined;
}

/** The options with every default in its place. */
export interface JwtSettings {
  /** The key, or where keys are. */
  readonly key: KeyObject | URL;
  readonly algorithms: readonly string[];
  readonly issuer: string | string[] | undefined;
  readonly audience: string | string[] | undefined;
  readonly claims: Readonly<Record<keyof JwtClaims, string>>;
  readonly requireRoom: boolean;
  readonly clockToleranceSeconds: number;
}

const SHORTEST_SECRET = 32;
const SHORTEST_RSA = 2_048;

const text = v.pipe(v.string(), v.minLength(1, "expected some text"));
const texts = v.optional(v.lazy((given) => (Array.isArray(given) ? v.array(text) : text)));
const anything = v.optional(v.unknown());

const optionsSchema = v.strictObject({
  secret: anything,
  publicKey: anything,
  jwks: anything,
  algorithms: v.optional(v.pipe(v.array(text), v.minLength(1, "expected one at least"))),
  issuer: texts,
  audience: texts,
  claims: v.optional(
    v.strictObject({
      room: v.optional(text, "room"),
      role: v.optional(text, "role"),
      name: v.optional(text, "name"),
      peerId: v.optional(text, "peerId"),
      userId: v.optional(text, "sub"),
    }),
    {},
  ),
  requireRoom: v.optional(v.boolean(), true),
  clockToleranceSeconds: v.optional(
    v.pipe(v.number(), v.minValue(0, "expected 0 to 60"), v.maxValue(60, "expected 0 to 60")),
    5,
  ),
});

const wrong = (field: string, problem: string) =>
  new OptionsError(`jwtAuthentication: ${field}: ${problem}`, field);

/**
 * @throws OptionsError if an option is unknown or wrong. It repeats no key.
 */
export function parseJwtOptions(options: unknown): JwtSettings {
  const parsed = parse(optionsSchema, options);
  if (parsed instanceof ProtocolError) {
    throw new OptionsError(`jwtAuthentication: ${parsed.message}`, parsed.field);
  }
  const { secret, publicKey, jwks, algorithms: chosen, ...rest } = parsed;
  if ([secret, publicKey, jwks].filter((way) => way !== undefined).length !== 1) {
    throw wrong("secret", "expected exactly one of secret, publicKey and jwks");
  }
  const { key, fitting, allowed } =
    secret !== undefined
      ? fromSecret(secret)
      : publicKey !== undefined
        ? fromPublicKey(publicKey)
        : fromJwks(jwks);
  const algorithms = chosen ?? fitting;
  if (!algorithms.every((name) => allowed.test(name))) {
    throw wrong("algorithms", `expected such as ${fitting.join(", ")}, which fit the key`);
  }
  return { ...rest, issuer: rest.issuer, audience: rest.audience, key, algorithms };
}

interface Source {
  key: KeyObject | URL;
  /** By default. */
  fitting: string[];
  /** A public key must never pass for a secret, which it would as HMAC, nor may a token go unsigned. */
  allowed: RegExp;
}

const ASYMMETRIC = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

function fromSecret(secret: unknown): Source {
  const isBytes = secret instanceof Uint8Array;
  if (typeof secret !== "string" && !isBytes) throw wrong("secret", "expected text or bytes");
  const bytes = Buffer.from(secret as string);
  if (bytes.toString("latin1").startsWith("-----BEGIN")) {
    throw wrong("secret", "expected no PEM; a public key is the option publicKey");
  }
  if (bytes.length < SHORTEST_SECRET) {
    throw wrong("secret", `expected at least ${SHORTEST_SECRET} bytes, made at random`);
  }
  return { key: createSecretKey(bytes), fitting: ["HS256"], allowed: /^HS(?:256|384|512)$/ };
}

const CURVES: Record<string, string> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

function fromPublicKey(given: unknown): Source {
  const key = readPublicKey(given);
  const { namedCurve = "", modulusLength = SHORTEST_RSA } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < SHORTEST_RSA) {
    throw wrong("publicKey", `expected at least ${SHORTEST_RSA} bits of RSA`);
  }
  const known: Record<string, string[]> = {
    rsa: ["RS256", "PS256"],
    "rsa-pss": ["PS256"],
    ec: [CURVES[namedCurve] ?? []].flat(),
    ed25519: ["EdDSA", "Ed25519"],
  };
  const fitting = known[key.asymmetricKeyType ?? ""] ?? [];
  if (fitting.length === 0) {
    throw wrong("publicKey", "expected RSA, P-256, P-384, P-521 or Ed25519");
  }
  return { key, fitting, allowed: ASYMMETRIC };
}

function readPublicKey(given: unknown): KeyObject {
  const isPrivate =
    typeof given === "string"
      ? given.includes("PRIVATE KEY")
      : given instanceof KeyObject
        ? given.type !== "public"
        : given instanceof Object && "d" in given;
  if (isPrivate) {
    throw wrong("publicKey", "expected the public half; whoever makes tokens keeps the other one");
  }
  if (given instanceof KeyObject) return given;
  try {
    return typeof given === "string"
      ? createPublicKey(given)
      : createPublicKey({ format: "jwk", key: given as JsonWebKey });
  } catch {
    throw wrong("publicKey", "expected PEM, a JWK or a KeyObject");
  }
}

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

function fromJwks(given: unknown): Source {
  const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
  // Whoever can change the keys on their way can let in anybody.
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && LOCAL.has(url.hostname))) {
    throw wrong("jwks", "expected an address on https");
  }
  return {
    key: url,
    fitting: ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"],
    allowed: ASYMMETRIC,
  };
}
