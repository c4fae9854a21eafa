import { readFile } from "node:fs/promises";
import { startRedis } from "@cignal/services";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { RedisStore } from "../src/redis.js";
import { join } from "./client.js";
import { runServer } from "./standalone-process.js";

it("docs/scale.md: the stand-alone server keeps its rooms in the Redis that its command names", {
  timeout: 30_000,
}, async () => {
  const page = await readFile(new URL("../../../docs/scale.md", import.meta.url), "utf8");
  const [, address = ""] = /```sh\nREDIS_URL=(\S+) npx cignal-server\n```/.exec(page) ?? [];
  await using redis = await startRedis();
  const here = address.replace(":6379", `:${redis.port}`);
  const { url } = await runServer({ REDIS_URL: here });
  await join(url, "r", "a");
  const client = new Redis(here);
  expect(await new RedisStore(client).count()).toBe(1);
  client.disconnect();
});
