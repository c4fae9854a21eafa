import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { listen } from "../lib/listen.js";
import { Worker } from "../lib/worker.js";
import { launch } from "../setup/browser.js";
import { bundle, HTML, htmlWith, SCRIPT } from "../setup/page-server.js";
import type { SoakServer } from "./server-process.js";
import { Side } from "./side.js";

const SERVER_FILE = fileURLToPath(new URL("server-process.ts", import.meta.url));

/** A call is in order again after this long, or never. */
const RECOVERY_MS = 45_000;
const LOOK_MS = 500;
/** So many pictures between two looks are a film. */
const FILM = 3;

function startServer(port = 0): Worker<SoakServer> {
  return new Worker("server", SERVER_FILE, [String(port)], ["--import", "tsx", "--expose-gc"]);
}

async function servePage(): Promise<number> {
  const script = await bundle("../soak/page.ts");
  const server = createServer(({ url }, response) => {
    if (url === "/page.js") response.writeHead(200, SCRIPT).end(script);
    else response.writeHead(200, HTML).end(htmlWith("/page.js"));
  });
  return listen(server);
}

/** Two pages in a call, and their server. */
export class Stand {
  #server: Worker<SoakServer>;

  private constructor(
    readonly sides: readonly [first: Side, second: Side],
    server: Worker<SoakServer>,
    private readonly port: number,
    private readonly browser: Browser,
  ) {
    this.#server = server;
  }

  static async open(): Promise<Stand> {
    const server = startServer();
    const port = await server.ask("port");
    const meeting = {
      pageUrl: `http://127.0.0.1:${await servePage()}/`,
      serverUrl: `http://127.0.0.1:${port}`,
      room: crypto.randomUUID(),
    };
    const browser = await launch();
    const first = await Side.open(browser, "first", meeting);
    const second = await Side.open(browser, "second", meeting);
    await first.call();
    return new Stand([first, second], server, port, browser);
  }

  /** The new one knows nothing of any room. */
  async restartServer(): Promise<void> {
    await this.#server.close();
    this.#server = startServer(this.port);
    await this.#server.ask("port");
  }

  /** Waits until both see each other, over one connection; throws what is missing if that takes too long, and what a page threw. */
  async recovered(): Promise<number> {
    const began = performance.now();
    for (;;) {
      const before = await this.#look();
      await setTimeout(LOOK_MS);
      const now = await this.#look();
      const missing = now.flatMap(({ frames, connections, trouble }, index) => [
        ...(trouble ? [`${this.sides[index]?.name}: ${trouble}`] : []),
        ...(connections === 1 ? [] : [`${this.sides[index]?.name}: ${connections} connections`]),
        ...(frames - (before[index]?.frames ?? 0) >= FILM
          ? []
          : [`${this.sides[index]?.name}: no pictures`]),
      ]);
      const uncaught = this.sides.flatMap(({ errors }) => errors);
      if (uncaught.length > 0) throw new Error(uncaught.join("; "));
      const took = performance.now() - began;
      if (missing.length === 0) return took;
      if (took > RECOVERY_MS) throw new Error(missing.join("; "));
    }
  }

  async sample() {
    const [first, second] = this.sides;
    const looks = await this.#look();
    const { heap } = await this.#server.ask("memory");
    return {
      heaps: [await first.heap(), await second.heap(), heap] as const,
      connections: looks.map(({ connections }) => connections),
      sockets: await this.#server.ask("sockets"),
    };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.#server.close();
  }

  #look() {
    return Promise.all(this.sides.map((side) => side.look()));
  }
}
