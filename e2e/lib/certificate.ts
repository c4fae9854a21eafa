import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** PEM texts, as `node:https` takes them. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A self-signed certificate for 127.0.0.1. Made anew each time: no private key belongs into a repository. */
export async function selfSign(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), "cignal-certificate-"));
  try {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1";
    const subject = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";
    const files = ["-keyout", key, "-out", cert];
    await promisify(execFile)("openssl", [...`${request} ${subject}`.split(" "), ...files]);
    return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
