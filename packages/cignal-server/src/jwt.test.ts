import { createHmac, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { base64url, exportJWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type JwtOptions, jwtAuthentication } from "./jwt.js";
import { OptionsError } from "./options.js";

const NOW = Date.UTC(2026, 10, 21);
const secret = "a secret of more than thirty-two bytes";
const key = Buffer.from(secret);
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });

const published = JSON.stringify({ keys: [{ ...(await exportJWK(ec.publicKey)), kid: "1" }] });

const inSeconds = (seconds: number) => NOW / 1_000 + seconds;
const claims = { room: "r", name: "Ann", role: "host", sub: "7", exp: inSeconds(60) };

const sign = (
  payload: JWTPayload,
  header = { alg: "HS256" },
  by: Parameters<SignJWT["sign"]>[0] = key,
) => new SignJWT(payload).setProtectedHeader(header).sign(by);

const ask = async (token: string | undefined, options: JwtOptions = { secret }) =>
  jwtAuthentication(options)({ token });

const refused = async (...asked: Parameters<typeof ask>) => {
  const answer = await ask(...asked);
  return "refused" in answer ? answer.refused : answer;
};

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

describe("a token", () => {
  it("H9: says who its user is, and until when", async () => {
    expect(await ask(await sign({ ...claims, peerId: "p", more: "ignored" }))).toEqual({
      rooms: "r",
      name: "Ann",
      role: "host",
      peerId: "p",
      userId: "7",
      expiresAt: NOW + 65_000,
    });
    const rooms = ["r", "s"];
    expect(await ask(await sign({ room: rooms, exp: inSeconds(60), name: null }))).toEqual({
      rooms,
      expiresAt: NOW + 65_000,
    });
  });

  it("H9: may have other names for its claims", async () => {
    const payload = {
      channel: "r",
      nick: "Ann",
      "https://a.example/role": "host",
      exp: claims.exp,
    };
    const names = { room: "channel", name: "nick", role: "https://a.example/role" };
    expect(await ask(await sign(payload), { secret, claims: names })).toMatchObject({
      rooms: "r",
      name: "Ann",
      role: "host",
    });
  });

  it("DEFECTS 23, H10: opens no room that it does not name, unless it need not name one", async () => {
    const { room: _none, ...rest } = claims;
    const token = await sign(rest);
    expect(await refused(token)).toBe("forbidden");
    expect(await ask(token, { secret, requireRoom: false })).not.toHaveProperty("refused");
    expect(await ask(token, { secret, requireRoom: false })).toMatchObject({ rooms: undefined });
  });

  it("H10: is wanted", async () => {
    expect(await refused(undefined)).toBe("unauthorized");
    expect(await refused("")).toBe("unauthorized");
  });

  it("L8: is good until it expires, give or take some seconds, and must say when", async () => {
    const { exp: _none, ...rest } = claims;
    expect(await refused(await sign(rest))).toBe("unauthorized");
    expect(await refused(await sign({ ...rest, exp: inSeconds(-4) }))).not.toBe("token-expired");
    expect(await refused(await sign({ ...rest, exp: inSeconds(-5) }))).toBe("token-expired");
    const strict = { secret, clockToleranceSeconds: 0 };
    expect(await refused(await sign({ ...rest, exp: inSeconds(0) }), strict)).toBe("token-expired");
    const early = await sign({ ...claims, nbf: inSeconds(10) });
    expect(await refused(early)).toBe("unauthorized");
  });

  it("H10: must be made by and for whom the server expects", async () => {
    const expected = { secret, issuer: "https://a.example", audience: ["calls", "chat"] };
    const good = { ...claims, iss: "https://a.example", aud: "calls" };
    expect(await refused(await sign(good), expected)).toMatchObject({ name: "Ann" });
    for (const wrong of [{ iss: "https://b.example" }, { aud: "shop" }, { iss: undefined }]) {
      expect(await refused(await sign({ ...good, ...wrong }), expected)).toBe("unauthorized");
    }
  });

  it.each([
    ["another secret", () => sign(claims, undefined, Buffer.from(secret.toUpperCase()))],
    ["no signature", async () => new UnsecuredJWT(claims).encode()],
    ["an algorithm that was not chosen", () => sign(claims, { alg: "HS512" })],
    ["none in capitals", async () => tamper(await sign(claims), { alg: "NONE" })],
    ["a signature cut off", async () => (await sign(claims)).replace(/[^.]+$/, "")],
    ["claims of another token", async () => tamper(await sign(claims), undefined, { room: "s" })],
    [
      "an extension that must be understood",
      async () => signText('{"alg":"HS256","crit":["x"],"x":1}', JSON.stringify(claims)),
    ],
    ["nothing of a token", async () => "a.b.c"],
    ["two dots", async () => ".."],
    ["much", async () => "x".repeat(8_192)],
  ])("H10: with %s is refused", async (_what, make) => {
    expect(await refused(await make())).toBe("unauthorized");
  });

  it("H10: is told nothing of why, and an error holds nothing of it", async () => {
    const token = await sign(claims, undefined, Buffer.from("x".repeat(32)));
    const answer = JSON.stringify(await ask(token));
    expect(answer).not.toMatch(/ERR_|JWS|signature verification/);
    expect(answer).not.toContain(token.slice(0, 10));
  });
});

/** Signs what jose would not. */
function signText(header: string, payload: string): string {
  const body = `${base64url.encode(header)}.${base64url.encode(payload)}`;
  return `${body}.${createHmac("sha256", key).update(body).digest("base64url")}`;
}

/** Another header or other claims under the old signature. */
function tamper(token: string, header?: object, payload?: object): string {
  const [first = "", second = "", signature] = token.split(".");
  const encode = (part: object) => base64url.encode(JSON.stringify(part));
  return [header ? encode(header) : first, payload ? encode(payload) : second, signature].join(".");
}

describe("claims of hostile shape", () => {
  it.each([
    { room: {} },
    { room: null },
    { room: 7 },
    { room: [["r"]] },
    { room: { 0: "r", length: 1 } },
    { room: "" },
    { name: ["Ann"] },
    { name: "x".repeat(65) },
    { name: "a\u0000b" },
    { role: ["host"] },
    { role: { toString: "host" } },
    { role: true },
    { peerId: {} },
    { sub: "x".repeat(129) },
  ])("H9: are refused, and nobody is told what they are: %j", async (wrong) => {
    const answer = await ask(await sign({ ...claims, ...(wrong as JWTPayload) }));
    expect(answer).toMatchObject({ refused: "unauthorized", cause: expect.any(Error) });
    expect(JSON.stringify(answer)).not.toContain("xxx");
  });

  it("H9: never come from a prototype", async () => {
    const polluting = `{"room":"r","exp":${claims.exp},"__proto__":{"role":"host"},"constructor":{"role":"host"}}`;
    const token = signText('{"alg":"HS256"}', polluting);
    expect(await ask(token)).toEqual({ rooms: "r", expiresAt: NOW + 65_000 });
    expect(Object.prototype).not.toHaveProperty("role");
    const inherited = { room: "toString", role: "constructor", name: "valueOf" };
    expect(await refused(await sign(claims), { secret, claims: inherited })).toBe("forbidden");
  });

  it("H9: make no more of their user than they say", async () => {
    const anything = fc.record(
      { room: fc.jsonValue(), role: fc.jsonValue(), name: fc.jsonValue(), peerId: fc.jsonValue() },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(anything, async (payload) => {
        const answer = await ask(await sign({ ...(payload as JWTPayload), exp: claims.exp }));
        if ("refused" in answer) return;
        expect(answer.rooms).toEqual(payload.room);
        expect(answer.role).toEqual(payload.role ?? undefined);
        expect(answer.name).toEqual(payload.name ?? undefined);
      }),
    );
  });
});

describe("a public key", () => {
  const pem = (of: typeof ec | typeof rsa) =>
    of.publicKey.export({ type: "spki", format: "pem" }).toString();

  it("H10: checks what the private one has signed, as PEM, JWK or KeyObject", async () => {
    const byEc = await sign(claims, { alg: "ES256" }, ec.privateKey);
    const byRsa = await sign(claims, { alg: "RS256" }, rsa.privateKey);
    for (const publicKey of [pem(ec), await exportJWK(ec.publicKey), ec.publicKey]) {
      expect(await refused(byEc, { publicKey })).toMatchObject({ name: "Ann" });
      expect(await refused(byRsa, { publicKey })).toBe("unauthorized");
    }
    expect(await refused(byRsa, { publicKey: pem(rsa) })).toMatchObject({ name: "Ann" });
  });

  it("H10: never passes for a secret", async () => {
    const forged = await sign(claims, { alg: "HS256" }, Buffer.from(pem(rsa)));
    expect(await refused(forged, { publicKey: pem(rsa) })).toBe("unauthorized");
  });
});

describe("published keys", () => {
  async function publish(answer: () => unknown) {
    const server = createServer((_request, response) => void response.end(answer()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  }

  it("H10: are fetched once, and check what is signed with one of them", async () => {
    const answer = vi.fn(() => published);
    const authenticate = jwtAuthentication({ jwks: await publish(answer) });
    const token = await sign(claims, { alg: "ES256", kid: "1" } as never, ec.privateKey);
    expect(answer).not.toHaveBeenCalled();
    for (let i = 0; i < 3; i++) expect(await authenticate({ token })).toMatchObject({ rooms: "r" });
    const unknown = await sign(claims, { alg: "ES256", kid: "2" } as never, ec.privateKey);
    expect(await authenticate({ token: unknown })).toMatchObject({ refused: "unauthorized" });
    expect(await authenticate({ token: await sign(claims) })).toMatchObject({
      refused: "unauthorized",
    });
    expect(answer).toHaveBeenCalledOnce();
  });

  it("H10: that cannot be had are not the user's fault", async () => {
    const token = await sign(claims, { alg: "ES256" }, ec.privateKey);
    for (const jwks of [await publish(() => "no keys"), "http://127.0.0.1:1/keys"]) {
      const answer = await ask(token, { jwks });
      expect(answer).toMatchObject({ refused: "unavailable", cause: expect.any(Error) });
    }
    expect(await refused("nonsense", { jwks: "http://127.0.0.1:1/keys" })).toBe("unauthorized");
  });
});

describe("options", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey;
  const x25519 = generateKeyPairSync("x25519").publicKey;
  const pkcs8 = ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  it.each<[string, object]>([
    ["secret", {}],
    ["secret", { secret, jwks: "https://a.example/keys" }],
    ["secret", { secret: "hunter2" }],
    ["secret", { secret: 7 }],
    ["secret", { secret: `-----BEGIN PUBLIC KEY-----${secret}` }],
    ["publicKey", { publicKey: "hunter2" }],
    ["publicKey", { publicKey: pkcs8 }],
    ["publicKey", { publicKey: ec.privateKey }],
    ["publicKey", { publicKey: ec.privateKey.export({ format: "jwk" }) }],
    ["publicKey", { publicKey: { kty: "oct", k: "hunter2" } }],
    ["publicKey", { publicKey: weak }],
    ["publicKey", { publicKey: x25519 }],
    ["jwks", { jwks: "http://a.example/keys" }],
    ["jwks", { jwks: "hunter2" }],
    ["algorithms", { secret, algorithms: ["none"] }],
    ["algorithms", { secret, algorithms: [] }],
    ["algorithms", { secret, algorithms: ["HS256", "RS256"] }],
    ["algorithms", { publicKey: ec.publicKey, algorithms: ["HS256"] }],
    ["claims.rooms", { secret, claims: { rooms: "r" } }],
    ["issuer", { secret, issuer: "" }],
    ["clockToleranceSeconds", { secret, clockToleranceSeconds: 3_600 }],
    ["expiry", { secret, expiry: 1 }],
  ])("that are wrong are refused by name, and no key is repeated: %s", (field, options) => {
    let thrown: unknown;
    try {
      jwtAuthentication(options as JwtOptions);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(OptionsError);
    const { message, field: named } = thrown as OptionsError;
    expect(named).toBe(field);
    expect(message).toContain(`jwtAuthentication: ${field}`);
    expect(message).not.toMatch(/hunter2|thirty-two/);
  });
});
