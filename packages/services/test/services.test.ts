import { afterEach, describe, expect, it } from "vitest";
import { converse } from "../src/converse.js";
import { startNginx, startRabbitMQ, startRedis } from "../src/index.js";
import type { Service } from "../src/service.js";

const started: Service[] = [];

afterEach(async () => {
  for (const service of started.splice(0)) await service[Symbol.asyncDispose]();
});

async function ends<S extends Service>(starting: Promise<S>): Promise<S> {
  const service = await starting;
  started.push(service);
  return service;
}

describe("a service for tests", () => {
  it("is a Redis that is gone when it is killed and empty when it is started again", async () => {
    const redis = await ends(startRedis());
    await converse(redis.port, "SET a b\r\nGET a\r\n", "$1\r\nb");
    await redis.kill();
    await expect(converse(redis.port, "PING\r\n", "PONG")).rejects.toThrow();
    await redis.start();
    await converse(redis.port, "GET a\r\n", "$-1");
  });

  it("is an nginx with the given configuration", async () => {
    const nginx = await ends(
      startNginx((port) => `server { listen 127.0.0.1:${port}; location / { return 418; } }`),
    );
    expect((await fetch(nginx.url)).status).toBe(418);
  });

  it("is a RabbitMQ that comes back after it was killed", { timeout: 90_000 }, async () => {
    const rabbit = await ends(startRabbitMQ());
    await rabbit.kill();
    await expect(converse(rabbit.port, "AMQP", "RabbitMQ")).rejects.toThrow();
    await rabbit.start();
  });
});
