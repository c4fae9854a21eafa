import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Home } from "./home.js";
import { makeFolder, Namespace, removeLeftovers } from "./namespace.js";
import type { Service } from "./service.js";
import { TURN_SECRET, Turn } from "./turn.js";

const SERVER = { address: "203.0.113.1", port: 443 };
const TURN_ADDRESS = "203.0.113.2";

const serveScript = fileURLToPath(new URL("./serve.ts", import.meta.url));

/** The internet drops without a word what no route leads to: coturn gives up on an allocation over an ICMP error. */
async function buildInternet(): Promise<Namespace> {
  const internet = await Namespace.create("internet");
  await internet.sh(`
    echo 1 > /proc/sys/net/ipv4/ip_forward
    ip link add name hub type bridge
    ip link set hub up
    ip addr add 203.0.113.254/24 dev hub
    ip route add blackhole default`);
  return internet;
}

async function buildHost(role: string, address: string, internet: Namespace): Promise<Namespace> {
  const host = await Namespace.create(role);
  await host.connect("eth0", internet, role);
  await internet.sh(`ip link set ${role} master hub`);
  await host.sh(`
    ip addr add ${address}/24 dev eth0
    ip route add default via 203.0.113.254`);
  return host;
}

/** Two homes, and an internet between them with a Cignal server and a TURN server. */
export class Lab {
  /** The test page. The port is one that strict firewalls let through. */
  readonly url = `http://${SERVER.address}:${SERVER.port}`;
  readonly #homes: Home[] = [];
  /** How to remove what has been built so far, the last one first. */
  readonly #undos: (() => Promise<unknown>)[] = [];
  #turn: Turn | undefined;
  #serverHost: Namespace | undefined;
  #server: Service | undefined;

  readonly #serveScript: string;

  private constructor(script: string) {
    this.#serveScript = script;
  }

  /** With a server of the caller's own if `script` is one: it is started with the arguments that `serve.ts` takes. */
  static async build(script = serveScript): Promise<Lab> {
    await removeLeftovers();
    const lab = new Lab(script);
    try {
      await lab.#build();
    } catch (error) {
      await lab.remove();
      throw error;
    }
    return lab;
  }

  async #build(): Promise<void> {
    const undo = <T extends { remove(): Promise<unknown> }>(built: T): T => {
      this.#undos.unshift(() => built.remove());
      return built;
    };
    const internet = undo(await buildInternet());
    for (const number of [1, 2]) this.#homes.push(undo(await Home.build(number, internet)));
    const turnHost = undo(await buildHost("turn", TURN_ADDRESS, internet));
    this.#turn = undo(await Turn.create(turnHost, TURN_ADDRESS));
    await this.#turn.start();
    this.#serverHost = undo(await buildHost("server", SERVER.address, internet));
    await this.startServer();
  }

  get homes(): [Home, Home] {
    return this.#homes as [Home, Home];
  }

  get turn(): Turn {
    if (!this.#turn) throw new Error("The lab has no TURN server yet");
    return this.#turn;
  }

  async startServer(): Promise<void> {
    const { address, port } = SERVER;
    const args = ["--import", "tsx", this.#serveScript, address, String(port), TURN_SECRET];
    const service = this.#serverHost?.start(process.execPath, [...args, ...this.turn.urls]);
    this.#server = await service?.printed(/listening/);
  }

  /** Gives the server no time to say goodbye. */
  async killServer(): Promise<void> {
    await this.#server?.stop("SIGKILL");
  }

  async remove(): Promise<void> {
    for (const undo of this.#undos) await undo();
  }
}

/** A script that Playwright can start as if it were the browser, which then runs in the namespace. */
export async function browserIn(namespace: Namespace, browser: string): Promise<BrowserCommand> {
  const folder = await makeFolder("browser");
  const path = join(folder, "browser.sh");
  await writeFile(path, `#!/bin/sh\nexec ip netns exec ${namespace.name} "${browser}" "$@"\n`);
  await chmod(path, 0o755);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

interface BrowserCommand {
  path: string;
  remove: () => Promise<void>;
}
