import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TURNSERVER, turnserverArguments } from "./turnserver.js";

/** How long it may take to start; 0.1 s is usual. */
const START_MS = 10_000;

export interface CoturnOptions {
  /** Whether it passes packets on to 127.0.0.1, where all of a test is. Default: true. */
  relays?: boolean;
  /** Its address, and that of what it relays: 127.0.0.1, or another one that begins with 127. */
  host?: string;
}

/** A STUN and TURN server of one's own on this machine, over UDP, TCP and TLS with a self-signed certificate. */
export class Coturn {
  readonly secret = randomBytes(16).toString("hex");
  readonly #host: string;
  readonly #port: number;
  readonly #tlsPort: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, host: string, [port, tlsPort]: [number, number]) {
    this.#folder = folder;
    this.#host = host;
    this.#port = port;
    this.#tlsPort = tlsPort;
  }

  static async start({ relays = true, host = "127.0.0.1" }: CoturnOptions = {}): Promise<Coturn> {
    const folder = await mkdtemp(join(tmpdir(), "cignal-coturn-"));
    const coturn = new Coturn(folder, host, [await freePort(host), await freePort(host)]);
    try {
      await coturn.#run(relays);
      return coturn;
    } catch (error) {
      await coturn.stop();
      throw error;
    }
  }

  /** All ways to relay through it. */
  get urls(): string[] {
    const turn = `turn:${this.#host}:${this.#port}`;
    return [turn, `${turn}?transport=tcp`, `turns:${this.#host}:${this.#tlsPort}`];
  }

  /** All ways to it. Another secret than its own gives credentials that it refuses. */
  iceServers(secret = this.secret, ttlSeconds = 600): RTCIceServer[] {
    const username = `${Math.floor(Date.now() / 1000) + ttlSeconds}:somebody`;
    const credential = createHmac("sha1", secret).update(username).digest("base64");
    const stun = `stun:${this.#host}:${this.#port}`;
    return [{ urls: stun }, { urls: this.urls, username, credential }];
  }

  /** Does nothing if it has been stopped. */
  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process && process.exitCode === null && process.signalCode === null) {
      process.kill();
      await once(process, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(relays: boolean): Promise<void> {
    const [folder, host, port, tlsPort] = [this.#folder, this.#host, this.#port, this.#tlsPort];
    const common = await turnserverArguments({ folder, host, port, tlsPort, secret: this.secret });
    // Below the ports that the system gives to others.
    const relayPort = 20_000 + 100 * randomInt(100);
    const ports = ["--min-port", `${relayPort}`, "--max-port", `${relayPort + 99}`];
    const loopback = relays ? ["--allow-loopback-peers"] : [];
    const process = spawn(TURNSERVER, [...common, ...ports, ...loopback], { stdio: "ignore" });
    this.#process = process;
    const ended = once(process, "exit").then(([code]) => {
      throw new Error(`turnserver ended with exit code ${code}`);
    });
    await Promise.race([ended, this.#ready()]);
    ended.catch(() => {});
  }

  async #ready(): Promise<void> {
    const waits = AbortSignal.timeout(START_MS);
    await Promise.all([
      until(() => answersStun(this.#host, this.#port), waits),
      until(() => accepts(this.#host, this.#port), waits),
      until(() => accepts(this.#host, this.#tlsPort), waits),
    ]);
  }
}

async function until(check: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await check())) signal.throwIfAborted();
}

/** One that nobody listens at; coturn needs the same one for UDP and TCP. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether a STUN binding request (RFC 8489, section 5) is answered within 50 ms. */
async function answersStun(host: string, port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  const header = Buffer.from("000100002112a442", "hex");
  socket.send(Buffer.concat([header, randomBytes(12)]), port, host);
  // Where nobody listens, the system answers with an error.
  const answered = await once(socket, "message", { signal: AbortSignal.timeout(50) }).then(
    () => true,
    () => false,
  );
  socket.close();
  return answered;
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  const accepted = await once(socket, "connect").then(
    () => true,
    () => new Promise<boolean>((resolve) => setTimeout(resolve, 20, false)),
  );
  socket.destroy();
  return accepted;
}
