import { setTimeout } from "node:timers/promises";
import { Worker } from "../lib/worker.js";
import { CONTENDERS, type ContenderName } from "./contenders.js";
import type { Load } from "./load-process.js";
import { RedisUnderTest } from "./redis.js";
import type { Server } from "./server-process.js";

/** So many joins of each node compile what it runs hot. */
const WARM_UP = 12_000;

/** So many, before each sample: while the others had their turn, V8 has thrown away what was not used. */
const WARM_AGAIN = 3_000;

/** How long it is watched what standing rooms cost by themselves, in milliseconds: their people beat each 10 s. */
const WATCH = 2_000;

/** A server is done with the last of them after so many milliseconds. */
const SETTLE = 300;

/** Microseconds of processor time, less what the standing rooms take meanwhile. */
export interface Sample {
  /** Of all servers, for each join with its leave. */
  join: number;
  /** The same for Redis. */
  redisJoin: number;
  /** Of all servers, for each call. */
  call: number;
  redisCall: number;
  /** Of all servers, for each beat. */
  beat: number;
  /** Joins in a second, with the load on the same machine. */
  joinsPerSecond: number;
}

export interface Amounts {
  /** Of each node. */
  readonly joins: number;
  readonly calls: number;
  readonly beats: number;
}

/** The nodes of one contender with standing rooms, and the process that loads them. */
export class Stand {
  /** What standing rooms take, in microseconds a millisecond. */
  #standing = { servers: 0, redis: 0 };

  private constructor(
    private readonly servers: readonly Worker<Server>[],
    private readonly load: Worker<Load>,
    private readonly redis: RedisUnderTest | undefined,
  ) {}

  /** Starts all, warms them up and fills them. `index` keeps the addresses of the idle peers apart. */
  static async open(
    files: { server: string; load: string },
    name: ContenderName,
    rooms: number,
    index: number,
    nodeOptions: string[],
  ): Promise<Stand> {
    const { nodes, needsRedis } = CONTENDERS[name];
    const redis = needsRedis ? await RedisUnderTest.start() : undefined;
    const title = (what: string) => `${name} with ${rooms} rooms: ${what}`;
    const serverArgs = [name, redis?.url ?? ""];
    const servers = Array.from(
      { length: nodes },
      (_, node) => new Worker<Server>(title(`node ${node}`), files.server, serverArgs, nodeOptions),
    );
    const ports = await Promise.all(servers.map((server) => server.ask("port")));
    const args = [name, `127.0.1.${index + 1}`, ...ports.map(String)];
    const load = new Worker<Load>(title("load"), files.load, args);
    await load.ask("joins", WARM_UP);
    await load.ask("idle", rooms);
    return new Stand(servers, load, redis);
  }

  async sample({ joins, calls, beats }: Amounts): Promise<Sample> {
    await this.#watch();
    await this.load.ask("joins", WARM_AGAIN);
    const joining = await this.#measure("joins", joins, this.servers.length);
    const calling = await this.#measure("calls", calls);
    const beating = await this.#measure("beats", beats);
    return {
      join: joining.servers,
      redisJoin: joining.redis,
      call: calling.servers,
      redisCall: calling.redis,
      beat: beating.servers,
      joinsPerSecond: (joins * this.servers.length) / (joining.took / 1000),
    };
  }

  async close() {
    await Promise.all([this.load.close(), ...this.servers.map((server) => server.close())]);
    await this.redis?.close();
  }

  async #watch() {
    const began = performance.now();
    const before = await this.#spent();
    await setTimeout(WATCH);
    const after = await this.#spent();
    const took = performance.now() - began;
    this.#standing = {
      servers: (after.servers - before.servers) / took,
      redis: (after.redis - before.redis) / took,
    };
  }

  async #measure(what: "joins" | "calls" | "beats", count: number, times = 1) {
    const began = performance.now();
    const before = await this.#spent();
    const took = Number(await this.load.ask(what, count));
    await setTimeout(SETTLE);
    const after = await this.#spent();
    const lasted = performance.now() - began;
    const each = (which: "servers" | "redis") =>
      (after[which] - before[which] - this.#standing[which] * lasted) / (count * times);
    return { servers: each("servers"), redis: each("redis"), took };
  }

  async #spent() {
    const each = await Promise.all(this.servers.map((server) => server.ask("cpu")));
    const servers = each.reduce((sum, cpu) => sum + cpu, 0);
    return { servers, redis: (await this.redis?.cpu()) ?? 0 };
  }
}
