import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { selfSign } from "./certificate.js";

/** `npm test` says where coturn is; else it is looked for as any command. */
export const TURNSERVER = process.env["TURNSERVER"] ?? "turnserver";

export interface TurnserverOptions {
  /** For all that it reads and writes; a certificate for TLS is put there. */
  folder: string;
  /** Its address, and that of what it relays. */
  host: string;
  port: number;
  tlsPort: number;
  secret: string;
}

/** The arguments of a coturn that is reached over UDP, TCP and TLS and logs to its standard output. */
export async function turnserverArguments(options: TurnserverOptions): Promise<string[]> {
  const { folder, host, port, tlsPort, secret } = options;
  const inFolder = (name: string) => join(folder, name);
  const { cert, key } = await selfSign();
  await writeFile(inFolder("cert.pem"), cert);
  await writeFile(inFolder("key.pem"), key);
  return [
    ...["-n", "-L", host, "-E", host, "-p", `${port}`, "--tls-listening-port", `${tlsPort}`],
    ...["--cert", inFolder("cert.pem"), "--pkey", inFolder("key.pem")],
    ...["-r", "lab", "--use-auth-secret", `--static-auth-secret=${secret}`],
    ...["--userdb", inFolder("db"), "--pidfile", inFolder("pid")],
    ...["--no-cli", "--fingerprint", "-m", "1", "-l", "stdout", "--simple-log"],
  ];
}
