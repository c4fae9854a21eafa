import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, it, onTestFinished } from "vitest";
import { type HistoryEntry, OptionsError, recordHistory } from "../src/index.js";
import { RedisHistoryStore, type RedisHistoryStoreOptions } from "../src/redis.js";
import { join } from "./client.js";
import { startCluster } from "./cluster.js";
import { eventually } from "./eventually.js";
import { describeHistoryStore } from "./history-store.contract.js";
import { shareRedis } from "./shared-redis.js";

const redis = shareRedis();

const newStore = (options: RedisHistoryStoreOptions = {}) =>
  new RedisHistoryStore(redis.client, { prefix: redis.newPrefix(), ...options });

const opened = (at = Date.now()): HistoryEntry => ({ at, event: "opened" });

describeHistoryStore("RedisHistoryStore with ioredis", newStore);

describeHistoryStore("RedisHistoryStore with node-redis", async (limits) => {
  const other = createClient({ url: redis.server.url });
  await other.connect();
  onTestFinished(() => other.destroy());
  return new RedisHistoryStore(other, { prefix: redis.newPrefix(), ...limits });
});

describe("RedisHistoryStore", () => {
  it("leaves nothing in Redis when its entries are too old", async () => {
    const prefix = redis.newPrefix();
    await newStore({ prefix, ageMs: 50 }).append("r", opened());
    await eventually(async () => expect(await redis.client.keys(`${prefix}*`)).toEqual([]));
  });

  it("keeps an entry once that its client sends twice, as the answer was lost", async () => {
    const prefix = redis.newPrefix();
    const call = redis.client.call.bind(redis.client);
    const twice = {
      call: (...args: Parameters<typeof call>) => call(...args).then(() => call(...args)),
    };
    await new RedisHistoryStore(twice, { prefix }).append("r", opened());
    expect(await newStore({ prefix }).read("r")).toHaveLength(1);
  });

  it("begins with somebody who joined if the node that opened the room comes later", async () => {
    const store = newStore();
    const peer = { id: "p", name: "Ada" };
    await store.append("r", { at: 2_000 + Date.now(), event: "joined", peer, size: 1 });
    await store.append("r", opened());
    const events = (await store.read("r"))?.map(({ event }) => event);
    expect(events).toEqual(["opened", "joined"]);
  });

  it.each([
    [{}, undefined],
    [{ call: () => {} }, { prefix: "{a}" }],
    [{ call: () => {} }, { entries: 0 }],
    [{ call: () => {} }, { ageMs: Number.NaN }],
  ])("cannot be made of %j and %j", (wrong, options) => {
    expect(() => new RedisHistoryStore(wrong as never, options)).toThrow(OptionsError);
  });
});

it("each node reads what happened on all, and nothing twice", async () => {
  const { redis: shared, startNode } = await startCluster();
  const history = async () => {
    const own = new Redis(shared.url);
    onTestFinished(() => own.disconnect());
    const node = await startNode();
    return { node, history: recordHistory(node.cignal, { store: new RedisHistoryStore(own) }) };
  };
  const [one, two] = [await history(), await history()];
  await join(one.node.url, "r", "a");
  const { client: b } = await join(two.node.url, "r", "b");
  await b.request("leave", {});
  await one.node.cignal.closeRoom("r");
  for (const { history } of [one, two]) {
    await eventually(async () => {
      const entries = (await history.of("r")) ?? [];
      const told = entries.map((entry) => [entry.event, "peer" in entry ? entry.peer.id : ""]);
      expect(told).toEqual([
        ["opened", ""],
        ["joined", "a"],
        ["joined", "b"],
        ["left", "b"],
        ["left", "a"],
        ["closed", ""],
      ]);
    });
  }
});
