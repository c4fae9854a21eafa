import { jwtAuthentication } from "cignal-server/jwt";
import { type JWTPayload, SignJWT } from "jose";

export const secret = "a secret of more than thirty-two bytes";

/** Lets in whoever has a token of `sign`. */
export const authenticate = jwtAuthentication({ secret, clockToleranceSeconds: 0 });

/** A token, for a minute if the claims say nothing else. */
export function sign(claims: JWTPayload, by = secret): Promise<string> {
  return new SignJWT({ exp: inSeconds(60), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(by));
}

export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
