import { type Redis as RedisServer, startRedis } from "@cignal/services";
import { Cluster, Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { OptionsError } from "../src/index.js";
import { RedisStore, type RedisStoreOptions } from "../src/redis.js";
import { eventually } from "./eventually.js";
import { describeRoomStore, room } from "./room-store.contract.js";
import { shareRedis } from "./shared-redis.js";

const redis = shareRedis();

const newStore = (options: RedisStoreOptions = {}) =>
  new RedisStore(redis.client, { prefix: redis.newPrefix(), ...options });

describeRoomStore("RedisStore with ioredis", () => newStore());

describeRoomStore("RedisStore with one shard", () => newStore({ shards: 1 }));

describeRoomStore("RedisStore with node-redis", async () => {
  const other = createClient({ url: redis.server.url });
  await other.connect();
  onTestFinished(() => other.destroy());
  return new RedisStore(other, { prefix: redis.newPrefix() });
});

describe("With a Redis Cluster", () => {
  let node: RedisServer;
  let cluster: Cluster;

  beforeAll(async () => {
    const announced = ["--cluster-announce-ip", "127.0.0.1"];
    node = await startRedis("--cluster-enabled", "yes", ...announced);
    const admin = new Redis(node.url);
    await admin.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
    await eventually(async () => {
      expect(await admin.call("CLUSTER", "INFO")).toContain("cluster_state:ok");
    });
    admin.disconnect();
    cluster = new Cluster([{ host: "127.0.0.1", port: node.port }]);
  });
  afterAll(async () => {
    cluster.disconnect();
    await node[Symbol.asyncDispose]();
  });

  describeRoomStore("RedisStore", () => new RedisStore(cluster, { prefix: redis.newPrefix() }));
});

describe("RedisStore", () => {
  it("keeps each room and the index of its shard in one slot of a Redis Cluster", async () => {
    const prefix = redis.newPrefix();
    const store = newStore({ prefix });
    for (const id of ["a", "b}", "{c}"]) await store.commit(id, 0, room(id, 1));
    for (const key of await redis.client.keys(`${prefix}*`)) {
      expect(key).toMatch(new RegExp(`^${prefix}\\{\\d+\\}:(rooms$|room:)`));
    }
  });

  it("commits once what its client sends twice, as the answer was lost", async () => {
    const store = newStore();
    const call = redis.client.call.bind(redis.client);
    const twice = new RedisStore(
      { call: (...args) => call(...args).then(() => call(...args)) },
      { prefix: redis.newPrefix() },
    );
    expect(await twice.commit("r", 0, room("r", 1))).toEqual({ done: true });
    expect(await twice.commit("r", 1, room("r", 2))).toEqual({ done: true });
    expect(await store.commit("r", 0, room("r", 1))).toEqual({ done: true });
    expect((await store.commit("r", 0, room("r", 1))).done).toBe(false);
  });

  it("goes on with a Redis that has forgotten its scripts", async () => {
    const store = newStore();
    await store.commit("r", 0, room("r", 1));
    await redis.client.script("FLUSH");
    expect(await store.commit("r", 1, room("r", 2))).toEqual({ done: true });
  });

  it.each([
    "no JSON",
    "1 x {}",
    "1 x null",
    `1 x {"__proto__":{}}`,
    `1 x ${JSON.stringify({ ...room("another", 1) })}`,
    `1 x ${JSON.stringify({ ...room("r", 1), members: [{}] })}`,
  ])("rejects for a room that is not one, and gives the others: %s", async (text) => {
    const prefix = redis.newPrefix();
    const store = newStore({ prefix, shards: 1 });
    await store.commit("q", 0, room("q", 1));
    await store.commit("r", 0, room("r", 1));
    await redis.client.set(`${prefix}{0}:room:r`, text);
    const reading = store.load("r");
    await expect(reading).rejects.toThrow("no room");
    const { rooms } = await store.page({ limit: 10 });
    expect(rooms.map(({ id }) => id)).toContain("q");
  });

  it("keeps what a newer server has written into a room", async () => {
    const store = newStore();
    const newer = { ...room("r", 1), subject: { language: "en" } };
    await store.commit("r", 0, newer);
    expect(await store.load("r")).toEqual(newer);
  });

  it("rejects when Redis does not answer in time", async () => {
    const mute = { call: () => new Promise(() => {}) };
    const store = new RedisStore(mute, { timeoutMs: 10 });
    await expect(store.load("r")).rejects.toThrow("no answer in 0.01 s");
    await expect(store.count()).rejects.toThrow("no answer");
  });

  it.each(["x", "64:a", "-1:a", ""])("knows no cursor %j", async (after) => {
    await expect(newStore().page({ after, limit: 1 })).rejects.toThrow(RangeError);
  });

  it.each([
    [{}, undefined],
    [null, undefined],
    [{ call: () => {} }, { prefix: "{a}" }],
    [{ call: () => {} }, { shards: 0 }],
    [{ call: () => {} }, { timeoutMs: Number.NaN }],
  ])("cannot be made of %j and %j", (wrong, options) => {
    expect(() => new RedisStore(wrong as never, options)).toThrow(OptionsError);
  });
});
