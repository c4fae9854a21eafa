import { OptionsError } from "../options.js";
import { isRedisClient, type RedisClient, type Send, senderOf } from "./redis-client.js";
import { RedisLeases } from "./redis-leases.js";
import { CLAIM, COMMIT, run } from "./redis-script.js";
import type { Room } from "./room-state.js";
import type { CommitResult, Page, PageQuery, RoomStore } from "./room-store.js";
import { readRoom, writeRoom } from "./room-text.js";

export interface RedisStoreOptions {
  /** What all keys begin with. Default `"cignal:"`. */
  prefix?: string | undefined;
  /**
   * Over how many parts the rooms are spread, which a Redis Cluster puts on its nodes: 1 to 16,384. All servers must
   * have the same, and it cannot be changed while there are rooms. Default 64.
   */
  shards?: number | undefined;
  /**
   * After how long a node that has ended without a word counts as dead, in milliseconds: 500 to 600,000. All servers must
   * have the same. Default 10,000.
   */
  leaseMs?: number | undefined;
  /** How long Redis may take to answer, in milliseconds. Default 3,000. */
  timeoutMs?: number | undefined;
}

/** As a part of a key: no two ids have the same, halves of surrogate pairs included. */
export const nameOf = (id: string) => JSON.stringify(id).slice(1, -1);

const isWhole = (value: number, min: number, max: number) =>
  Number.isInteger(value) && value >= min && value <= max;

/**
 * The rooms of many nodes, in Redis 6.2 or newer or in a Redis Cluster. Each room is a text; beside the rooms of each
 * shard stands the index of their ids.
 */
export class RedisStore implements RoomStore {
  readonly leases: RedisLeases;
  readonly #send: Send;
  readonly #prefix: string;
  readonly #shards: number;

  /**
   * @param client - your own, of `ioredis` or `redis`. It stays yours: listen to its errors, close it
   * @throws OptionsError if something is wrong
   */
  constructor(
    client: RedisClient,
    {
      prefix = "cignal:",
      shards = 64,
      leaseMs = 10_000,
      timeoutMs = 3_000,
    }: RedisStoreOptions = {},
  ) {
    if (!isRedisClient(client)) {
      throw new OptionsError('RedisStore needs a client of "ioredis" or "redis"');
    }
    if (typeof prefix !== "string" || /[{}]/.test(prefix)) {
      throw new OptionsError("prefix: expected a string without braces", "prefix");
    }
    if (!isWhole(shards, 1, 16_384)) {
      throw new OptionsError("shards: expected a whole number from 1 to 16384", "shards");
    }
    if (!isWhole(timeoutMs, 10, 60_000)) {
      throw new OptionsError("timeoutMs: expected a whole number from 10 to 60000", "timeoutMs");
    }
    if (!isWhole(leaseMs, 500, 600_000)) {
      throw new OptionsError("leaseMs: expected a whole number from 500 to 600000", "leaseMs");
    }
    this.#send = senderOf(client, timeoutMs);
    this.leases = new RedisLeases(this.#send, prefix, leaseMs);
    this.#prefix = prefix;
    this.#shards = shards;
  }

  async load(roomId: string): Promise<Room | undefined> {
    const text = await this.#send("GET", this.#roomKey(this.#shardOf(roomId), nameOf(roomId)));
    return roomIn(text, roomId);
  }

  async commit(
    roomId: string,
    expectedRevision: number,
    next: Room | undefined,
  ): Promise<CommitResult> {
    const shard = this.#shardOf(roomId);
    const name = nameOf(roomId);
    const keys = [this.#roomKey(shard, name), this.#indexKey(shard)];
    const args = [expectedRevision, next ? writeRoom(next) : "", name];
    const answer = await run(this.#send, COMMIT, keys, args);
    return answer === 1 ? { done: true } : { done: false, room: roomIn(answer, roomId) };
  }

  async claim(name: string, holder: string, ttlMs: number): Promise<boolean> {
    return (await run(this.#send, CLAIM, [`${this.#prefix}claim:${name}`], [holder, ttlMs])) === 1;
  }

  async count(): Promise<number> {
    const shards = Array.from({ length: this.#shards }, (_, shard) => shard);
    const counts = await Promise.all(
      shards.map((shard) => this.#send("ZCARD", this.#indexKey(shard))),
    );
    return counts.reduce<number>((total, count) => total + Number(count), 0);
  }

  /** Shard by shard, and in each by the name. A room that cannot be read is left out. */
  async page({ after, limit }: PageQuery): Promise<Page<Room>> {
    let { shard, name } = this.#readCursor(after);
    const found: { room: Room; cursor: string }[] = [];
    while (shard < this.#shards && found.length <= limit) {
      const more = limit + 1 - found.length;
      const names = await this.#names(shard, name, more);
      for (const [each, text] of await this.#texts(shard, names)) {
        const room = tryToRead(text);
        if (room) found.push({ room, cursor: `${shard}:${each}` });
      }
      name = names.at(-1);
      if (names.length < more) {
        shard++;
        name = undefined;
      }
    }
    const rooms = found.slice(0, limit).map(({ room }) => room);
    const last = found[limit - 1];
    return { rooms, ...(last && found.length > limit && { next: last.cursor }) };
  }

  async #names(shard: number, after: string | undefined, limit: number): Promise<string[]> {
    const from = after === undefined ? "-" : `(${after}`;
    const range = [from, "+", "BYLEX", "LIMIT", 0, limit];
    const names = await this.#send("ZRANGE", this.#indexKey(shard), ...range);
    return Array.isArray(names) ? names.map(String) : [];
  }

  async #texts(shard: number, names: readonly string[]): Promise<[string, unknown][]> {
    if (names.length === 0) return [];
    const texts = await this.#send("MGET", ...names.map((name) => this.#roomKey(shard, name)));
    return names.map((name, index) => [name, Array.isArray(texts) ? texts[index] : undefined]);
  }

  #readCursor(cursor: string | undefined): { shard: number; name: string | undefined } {
    if (cursor === undefined) return { shard: 0, name: undefined };
    const [, digits, name] = /^(\d{1,5}):(.*)$/s.exec(cursor) ?? [];
    const shard = Number(digits);
    if (name === undefined || shard >= this.#shards) {
      throw new RangeError('after: expected the "next" of a page');
    }
    return { shard, name };
  }

  #roomKey(shard: number, name: string): string {
    return `${this.#prefix}{${shard}}:room:${name}`;
  }

  #indexKey(shard: number): string {
    return `${this.#prefix}{${shard}}:rooms`;
  }

  /** FNV-1a over the code units. */
  #shardOf(roomId: string): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < roomId.length; i++) {
      hash = Math.imul(hash ^ roomId.charCodeAt(i), 0x01000193);
    }
    return (hash >>> 0) % this.#shards;
  }
}

const roomIn = (text: unknown, roomId: string) =>
  text === null ? undefined : readRoom(text, roomId);

function tryToRead(text: unknown): Room | undefined {
  try {
    return readRoom(text);
  } catch {
    return undefined;
  }
}
