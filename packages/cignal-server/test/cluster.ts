import { fork } from "node:child_process";
import { once } from "node:events";
import { type Redis as RedisServer, startRedis } from "@cignal/services";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import type { CignalServerOptions } from "../src/index.js";
import { RedisStore } from "../src/redis.js";
import { startServer, type TestServer } from "./server.js";

export interface Cluster {
  readonly redis: RedisServer;
  /** One more node, closed with the test. */
  startNode(options?: CignalServerOptions): Promise<TestServer>;
}

/** A client of Redis that comes back soon, closed after what is started later. */
function redisClient(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => 50 });
  client.on("error", () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

/** Nodes that share a Redis, whose leases run out after a second. */
export async function startCluster(): Promise<Cluster> {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return {
    redis,
    startNode: (options = {}) => {
      const store = new RedisStore(redisClient(redis.url), { leaseMs: 1_000, timeoutMs: 500 });
      const adapter = createAdapter(redisClient(redis.url), { blockTimeInMs: 200 });
      return startServer({ store, ...options }, { adapter });
    },
  };
}

/** A node that can be killed. */
export interface NodeProcess {
  readonly url: string;
  kill(signal?: NodeJS.Signals): void;
}

export async function startNodeProcess(
  redis: RedisServer,
  options: Pick<CignalServerOptions, "maxPeers" | "gracePeriodMs"> = {},
): Promise<NodeProcess> {
  const path = new URL("node-process.ts", import.meta.url);
  const child = fork(path, [redis.url, JSON.stringify(options)], { execArgv: ["--import", "tsx"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [port] = await once(child, "message");
  return { url: `http://127.0.0.1:${port}`, kill: (signal = "SIGKILL") => void child.kill(signal) };
}
