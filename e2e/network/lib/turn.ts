import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { selfSign } from "../../lib/certificate.js";
import { makeFolder, type Namespace } from "./namespace.js";
import type { Service } from "./service.js";

export const TURN_SECRET = "the lab's";

const PORT = 3478;
/** The one that strict firewalls let through. */
const TLS_PORT = 443;

/** A coturn with the ways in that a provider offers: UDP and TCP, and TLS on the port of the web. */
export class Turn {
  readonly address: string;
  readonly #host: Namespace;
  readonly #folder: string;
  #service: Service | undefined;

  private constructor(host: Namespace, address: string, folder: string) {
    this.#host = host;
    this.address = address;
    this.#folder = folder;
  }

  static async create(host: Namespace, address: string): Promise<Turn> {
    const folder = await makeFolder("turn");
    const { cert, key } = await selfSign();
    await writeFile(join(folder, "cert.pem"), cert);
    await writeFile(join(folder, "key.pem"), key);
    return new Turn(host, address, folder);
  }

  /** STUN and all ways to TURN; a client picks what its network lets through. */
  get urls(): string[] {
    const { address } = this;
    return [
      `stun:${address}:${PORT}`,
      `turn:${address}:${PORT}?transport=udp`,
      `turn:${address}:${PORT}?transport=tcp`,
      `turns:${address}:${TLS_PORT}?transport=tcp`,
    ];
  }

  async start(): Promise<void> {
    const inFolder = (name: string) => join(this.#folder, name);
    const service = this.#host.start("turnserver", [
      ...["-n", "-L", this.address, "-E", this.address, "-p", String(PORT)],
      ...["--tls-listening-port", String(TLS_PORT)],
      ...["--cert", inFolder("cert.pem"), "--pkey", inFolder("key.pem")],
      ...["-r", "lab", "--use-auth-secret", `--static-auth-secret=${TURN_SECRET}`],
      ...["--userdb", inFolder("db"), "--pidfile", inFolder("pid")],
      ...["--no-cli", "--fingerprint", "-m", "1", "-l", "stdout", "--simple-log", "-v"],
    ]);
    this.#service = service;
    // Comes after all listeners.
    await service.printed(/DB connection success/);
  }

  /** Restarted, it knows none of its clients. */
  async restart(): Promise<void> {
    await this.#service?.stop("SIGKILL");
    await this.start();
  }

  async remove(): Promise<void> {
    await this.#service?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
