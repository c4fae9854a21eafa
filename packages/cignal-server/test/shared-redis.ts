import { type Redis as RedisServer, startRedis } from "@cignal/services";
import { Redis } from "ioredis";
import { afterAll, beforeAll } from "vitest";

/** One Redis for all tests of a file, in which each store takes keys of its own. */
export function shareRedis() {
  let server: RedisServer;
  let client: Redis;
  let prefixes = 0;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server[Symbol.asyncDispose]();
  });

  return {
    get server() {
      return server;
    },
    get client() {
      return client;
    },
    /** What no other store's keys begin with. */
    newPrefix: () => `test${prefixes++}:`,
  };
}
