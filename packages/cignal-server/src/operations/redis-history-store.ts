import { nanoid } from "nanoid";
import { OptionsError } from "../options.js";
import { isRedisClient, type RedisClient, type Send, senderOf } from "../rooms/redis-client.js";
import { run, script } from "../rooms/redis-script.js";
import { nameOf } from "../rooms/redis-store.js";
import type { HistoryEntry, HistoryLimits, HistoryStore } from "./history-store.js";

export interface RedisHistoryStoreOptions extends HistoryLimits {
  /** What all keys begin with. Default `"cignal:"`. */
  prefix?: string | undefined;
  /** How long Redis may take to answer, in milliseconds. Default 3,000. */
  timeoutMs?: number | undefined;
}

/** What an entry that may be dropped first begins with; the other ones begin with `-`. */
const REFUSAL = "r";

/**
 * Adds to a history. KEYS: the history, the index of all by the time of their last entry. ARGV: the entry, the name in
 * the index, what keys begin with before the name, how many rooms, how many entries, for how many milliseconds.
 *
 * What the client sends twice, as a connection broke, is the same text.
 */
const APPEND = script(`
local refusal = string.sub(ARGV[1], 1, 1) == '${REFUSAL}'
if refusal and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1, 'MAXLEN', 100) then return 0 end
local length = redis.call('RPUSH', KEYS[1], ARGV[1])
if length > tonumber(ARGV[5]) then
  local oldest = 1
  local texts = redis.call('LRANGE', KEYS[1], 0, -1)
  for index, text in ipairs(texts) do
    if string.sub(text, 1, 1) == '${REFUSAL}' then
      oldest = index
      break
    end
  end
  redis.call('LREM', KEYS[1], 1, texts[oldest])
end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] .. string.format('%06d', time[2]), ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
local over = redis.call('ZCARD', KEYS[2]) - ARGV[4]
if over > 0 then
  local popped = redis.call('ZPOPMIN', KEYS[2], over)
  for index = 1, #popped, 2 do redis.call('DEL', ARGV[3] .. popped[index]) end
end
return 1`);

/**
 * Histories of many nodes, in Redis 6.2 or newer. Every node adds what happened on it, and reads what happened on all. In
 * a Redis Cluster all of it is in one slot.
 */
export class RedisHistoryStore implements HistoryStore {
  readonly #send: Send;
  readonly #prefix: string;
  readonly #limits: readonly [rooms: number, entries: number, ageMs: number];

  /**
   * @param client - your own, of `ioredis` or `redis`. It stays yours: listen to its errors, close it
   * @throws OptionsError if something is wrong
   */
  constructor(
    client: RedisClient,
    {
      prefix = "cignal:",
      timeoutMs = 3_000,
      rooms = 10_000,
      entries = 200,
      ageMs = 86_400_000,
    }: RedisHistoryStoreOptions = {},
  ) {
    if (!isRedisClient(client)) {
      throw new OptionsError('RedisHistoryStore needs a client of "ioredis" or "redis"');
    }
    if (typeof prefix !== "string" || /[{}]/.test(prefix)) {
      throw new OptionsError("prefix: expected a string without braces", "prefix");
    }
    for (const [name, value] of Object.entries({ timeoutMs, rooms, entries, ageMs })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new OptionsError(`${name}: expected a whole number of 1 or more`, name);
    }
    this.#send = senderOf(client, timeoutMs);
    this.#prefix = `${prefix}{history}:`;
    this.#limits = [rooms, entries, ageMs];
  }

  /** A refusal alone begins no history. */
  async append(roomId: string, entry: HistoryEntry): Promise<void> {
    const name = nameOf(roomId);
    const kind = entry.event === "refused" ? REFUSAL : "-";
    const text = `${kind}${nanoid()} ${JSON.stringify(entry)}`;
    const keys = [this.#room + name, `${this.#prefix}rooms`];
    await run(this.#send, APPEND, keys, [text, name, this.#room, ...this.#limits]);
  }

  /** What nodes wrote down at the same time is in the order of their clocks. */
  async read(roomId: string): Promise<readonly HistoryEntry[] | undefined> {
    const texts = await this.#send("LRANGE", this.#room + nameOf(roomId), 0, -1);
    const [, , ageMs] = this.#limits;
    const entries = (Array.isArray(texts) ? texts : [])
      .map((text): HistoryEntry => JSON.parse(String(text).replace(/^\S+ /, "")))
      .filter(({ at }) => at > Date.now() - ageMs)
      .sort((one, other) => one.at - other.at);
    return entries.length > 0 ? entries : undefined;
  }

  get #room(): string {
    return `${this.#prefix}room:`;
  }
}
