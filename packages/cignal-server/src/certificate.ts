import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { OptionsError } from "./options.js";
import type { Tls } from "./settings.js";

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * The certificate to encrypt with, if any.
 *
 * @param names - host names and IP addresses that a self-signed one is for
 * @throws OptionsError if a file cannot be read, or the two are no certificate with its key
 */
export async function obtainCertificate(
  tls: Tls,
  names: readonly string[],
): Promise<Certificate | undefined> {
  switch (tls.mode) {
    case "off":
      return undefined;
    case "self-signed":
      return selfSign(names);
    case "files": {
      const [cert, key] = await Promise.all([
        readPem("HTTPS_CERT", tls.cert),
        readPem("HTTPS_KEY", tls.key),
      ]);
      checkPair({ cert, key });
      return { cert, key };
    }
  }
}

async function selfSign(names: readonly string[]): Promise<Certificate> {
  // Loaded here, so that nobody else pays for it.
  const { generate } = await import("selfsigned");
  const altNames = names.map((name) =>
    isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}

async function readPem(variable: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new OptionsError(`${variable}: cannot read the file ${path}`, variable);
  }
}

/** Before anything listens, and without the words of OpenSSL. */
function checkPair(pair: Certificate): void {
  try {
    createSecureContext(pair);
  } catch {
    const problem = "the two files are no certificate with its key, as PEM";
    throw new OptionsError(`HTTPS_CERT, HTTPS_KEY: ${problem}`, "HTTPS_CERT");
  }
}
