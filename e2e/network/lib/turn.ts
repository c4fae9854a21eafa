import { rm } from "node:fs/promises";
import { TURNSERVER, turnserverArguments } from "../../lib/turnserver.js";
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
  readonly #arguments: string[];
  #service: Service | undefined;

  private constructor(host: Namespace, address: string, folder: string, args: string[]) {
    this.#host = host;
    this.address = address;
    this.#folder = folder;
    this.#arguments = args;
  }

  static async create(host: Namespace, address: string): Promise<Turn> {
    const folder = await makeFolder("turn");
    const ports = { port: PORT, tlsPort: TLS_PORT };
    const common = { folder, host: address, ...ports, secret: TURN_SECRET };
    return new Turn(host, address, folder, await turnserverArguments(common));
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
    const service = this.#host.start(TURNSERVER, [...this.#arguments, "-v"]);
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
