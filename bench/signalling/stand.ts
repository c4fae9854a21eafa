import { setTimeout } from "node:timers/promises";
import { Worker } from "../lib/worker.js";
import type { ServerName } from "../servers/index.js";
import type { Load } from "./load-process.js";
import type { Server } from "./server-process.js";

/** So many calls compile what a server runs hot. */
const WARM_UP_CALLS = 500;

/** So long after a collection Node has given back to the system what the warm-up took, in milliseconds. */
const COOL_DOWN = 5_000;

/** A server is done with the last calls after so many milliseconds. */
const SETTLE = 300;

export interface Sample {
  /** Microseconds of the server's processor time for each call, one call after the other. */
  calm: number;
  /** The same with many calls at a time. */
  busy: number;
  /** Kilobytes (1,000 bytes) for each idle peer, in Node's heap and beside it. */
  heap: number;
  /** The same, as the system sees it. */
  rss: number;
}

/** A server with standing rooms, and the process that loads it. */
export class Stand {
  readonly #empty: { heap: number; rss: number };

  private constructor(
    private readonly rooms: number,
    private readonly server: Worker<Server>,
    private readonly load: Worker<Load>,
    empty: { heap: number; rss: number },
  ) {
    this.#empty = empty;
  }

  /** Starts both, warms the server up and fills it. `index` keeps the addresses of the idle peers apart. */
  static async open(
    files: { server: string; load: string },
    name: ServerName,
    rooms: number,
    index: number,
    nodeOptions: string[],
  ): Promise<Stand> {
    const title = `${name} with ${rooms} rooms`;
    const server = new Worker<Server>(`${title}: server`, files.server, [name], nodeOptions);
    const port = String(await server.ask("port"));
    const from = `127.0.1.${index + 1}`;
    const load = new Worker<Load>(`${title}: load`, files.load, [name, port, from]);
    await load.ask("busy", WARM_UP_CALLS);
    await setTimeout(SETTLE);
    await server.ask("memory");
    await setTimeout(COOL_DOWN);
    const empty = await server.ask("memory");
    await load.ask("idle", rooms);
    return new Stand(rooms, server, load, empty);
  }

  /** The memory of the idle peers, then the processor time of calls. */
  async sample({ calm, busy }: { calm: number; busy: number }): Promise<Sample> {
    const { heap, rss } = await this.server.ask("memory");
    const kBPerPeer = (bytes: number) => bytes / this.rooms / 1000;
    return {
      heap: kBPerPeer(heap - this.#empty.heap),
      rss: kBPerPeer(rss - this.#empty.rss),
      calm: await this.#cpuPerCall("calm", calm),
      busy: await this.#cpuPerCall("busy", busy),
    };
  }

  async #cpuPerCall(pace: "calm" | "busy", calls: number): Promise<number> {
    const before = await this.server.ask("cpu");
    await this.load.ask(pace, calls);
    await setTimeout(SETTLE);
    return ((await this.server.ask("cpu")) - before) / calls;
  }

  async close() {
    await Promise.all([this.load.close(), this.server.close()]);
  }
}
