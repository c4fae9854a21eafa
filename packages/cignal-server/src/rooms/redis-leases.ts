import { nanoid } from "nanoid";
import type { Send } from "./redis-client.js";
import { FORGET, RENEW, run } from "./redis-script.js";
import type { Lease, Leases } from "./room-store.js";

/** The leases of all nodes in one sorted set, by the time at which they run out on the clock of Redis. */
export class RedisLeases implements Leases {
  readonly ttlMs: number;
  readonly #send: Send;
  readonly #leases: string;
  readonly #generation: string;

  constructor(send: Send, prefix: string, ttlMs: number) {
    this.#send = send;
    this.ttlMs = ttlMs;
    this.#leases = `${prefix}{nodes}:leases`;
    this.#generation = `${prefix}{nodes}:generation`;
  }

  async renew(node: string): Promise<Lease> {
    const keys = [this.#leases, this.#generation];
    const answer = await run(this.#send, RENEW, keys, [node, this.ttlMs, nanoid()]);
    if (!Array.isArray(answer)) throw new Error("Redis gave no lease");
    const [held, generation, lapsed] = answer;
    return {
      held: held === 1,
      generation: String(generation),
      lapsed: Array.isArray(lapsed) ? lapsed.map(String) : [],
    };
  }

  async release(node: string): Promise<void> {
    await this.#send("ZADD", this.#leases, "XX", 0, node);
  }

  async forget(node: string): Promise<void> {
    await run(this.#send, FORGET, [this.#leases], [node]);
  }
}
