import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { startRabbitMQ, startRedis } from "@cignal/services";
import { Connection } from "rabbitmq-client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { loadOptional } from "../src/optional.js";
import { OptionsError } from "../src/options.js";
import { connect, join } from "./client.js";
import { eventually } from "./eventually.js";
import { ended, run, runServer } from "./standalone-process.js";

const TOKEN = "the-token-of-operators";
const authorized = { headers: { Authorization: `Bearer ${TOKEN}` } };

/** A user of Redis with a password. */
const USER = ["--user", "u", "on", ">hunter2", "~*", "&*", "+@all"];

async function freshRedis(...more: string[]) {
  const redis = await startRedis(...more);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

// Each test starts processes that compile the source first.
describe("stand-alone servers with one Redis", { timeout: 60_000 }, () => {
  it("share rooms and their histories; SIGTERM gives the members of one to the other at once", async () => {
    const { url: redisUrl } = await freshRedis();
    const env = { REDIS_URL: redisUrl, OPERATOR_TOKEN: TOKEN, DRAIN_SECONDS: "600" };
    const [one, two] = await Promise.all([runServer(env), runServer(env)]);
    const { client: a, welcome } = await join(one.url, "r", "a");
    const { client: b } = await join(two.url, "r", "b");
    expect((await a.next("peer-joined")).peer.id).toBe("b");
    for (const { url } of [one, two]) {
      const rooms = await (await fetch(`${url}/rooms`, authorized)).json();
      expect(rooms).toMatchObject({ rooms: [{ id: "r", peers: [{ id: "a" }, { id: "b" }] }] });
      await eventually(async () => {
        const told = await (await fetch(`${url}/rooms/r/history`, authorized)).json();
        expect(told).toHaveProperty("entries.length", 3);
        expect(told).toMatchObject({
          entries: [
            { event: "opened" },
            { event: "joined", peer: { id: "a" } },
            { event: "joined", peer: { id: "b" } },
          ],
        });
      });
    }

    one.child.kill("SIGTERM");
    const end = ended(one.child);
    expect((await a.next("closed")).code).toBe("server-closing");
    const { resumeToken } = welcome;
    const again = await join(two.url, "r", "a", { resumeToken });
    expect(again.welcome).toMatchObject({ resumed: true, peers: [{ id: "b" }] });
    expect(await end).toBe(0);
    expect(await b.heard()).toEqual([]);
    await b.request("leave", {});
    expect((await again.client.next("peer-left")).reason).toBe("left");
  });

  it("take no client by HTTP polling, which would need the same node each time", async () => {
    const { url: redisUrl } = await freshRedis();
    const { url } = await runServer({ REDIS_URL: redisUrl });
    const polling = connect(url, { roomId: "r", peerId: "a" }, { transports: ["polling"] });
    await new Promise((resolve) => polling.socket.once("connect_error", resolve));
    expect(polling.socket.connected).toBe(false);
    await join(url, "r", "a");
  });

  it("say once that Redis is away and once that it is back, and never its address", async () => {
    const redis = await freshRedis(...USER);
    const url = redis.url.replace("//", "//u:hunter2@");
    const { output, child } = await runServer({ REDIS_URL: url, LOG_LEVEL: "debug" });
    const lines = (message: string) =>
      output()
        .split("\n")
        .filter((line) => line.includes(message));
    await redis.kill();
    await eventually(() => expect(lines("Redis is away")).toHaveLength(1));
    await redis.start();
    await eventually(() => expect(lines("Redis is back")).toHaveLength(1));
    expect(lines("Redis is away")).toHaveLength(1);
    child.kill("SIGTERM");
    expect(await ended(child)).toBe(0);
    expect(output()).not.toMatch(new RegExp(`hunter2|${redis.port}`));
  });

  it("DEFECTS 10: end with one line if Redis is not there or takes no such password", async () => {
    const redis = await freshRedis(...USER);
    const wrong = redis.url.replace("//", "//u:hunter3@");
    const start = async (url: string) => {
      const { child, output } = run([], { env: { REDIS_URL: url, PORT: "0" } });
      expect(await ended(child)).toBe(1);
      return output();
    };
    expect(await start(wrong)).toBe("REDIS_URL: no Redis lets us in there (WRONGPASS)\n");
    await redis.kill();
    expect(await start(wrong)).toBe("REDIS_URL: no Redis lets us in there (ECONNREFUSED)\n");
  });

  it("publish live events to RabbitMQ and to a webhook", async () => {
    await using broker = await startRabbitMQ();
    const told: string[] = [];
    const receiver = createServer(async (request, response) => {
      const { event, peerId } = (await json(request)) as { event: string; peerId: string };
      told.push(`${event} ${peerId}`);
      response.writeHead(204).end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    onTestFinished(() => void receiver.close());
    const connection = new Connection({ url: broker.url });
    connection.on("error", () => {});
    onTestFinished(() => connection.unsafeDestroy());
    const queued: string[] = [];
    const consumer = connection.createConsumer(
      {
        queue: "all",
        exchanges: [{ exchange: "live_events", type: "topic", durable: true }],
        queueBindings: [{ exchange: "live_events", routingKey: "room.*" }],
      },
      async ({ body }) => void queued.push(`${body.event} ${body.peerId}`),
    );
    consumer.on("error", () => {});
    await once(consumer, "ready");

    const { url, child, output } = await runServer({
      RABBITMQ_URL: broker.url,
      WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
    });
    const { client } = await join(url, "r", "a");
    await client.request("leave", {});
    for (const list of [queued, told]) {
      const expected = ["room.join a", "room.leave a"];
      await vi.waitFor(() => expect(list).toEqual(expected), { timeout: 20_000 });
    }
    child.kill("SIGTERM");
    expect(await ended(child)).toBe(0);
    expect(output()).not.toContain("guest");
  });
});

it("DEFECTS 10: names in one line what is to be installed", async () => {
  const missing = Object.assign(new Error("no package"), { code: "ERR_MODULE_NOT_FOUND" });
  const loading = loadOptional("REDIS_URL", "ioredis", () => Promise.reject(missing));
  await expect(loading).rejects.toThrow(new OptionsError("REDIS_URL: needs npm install ioredis"));
  const broken = loadOptional("REDIS_URL", "ioredis", () => Promise.reject(new Error("broken")));
  await expect(broken).rejects.toThrow("broken");
});
