import { type Lease, type Leases, MemoryStore } from "../src/index.js";

/** A store in memory that many nodes of one process share, as they share a Redis. */
export class SharedStore extends MemoryStore {
  readonly leases: MemoryLeases;

  constructor(ttlMs = 10_000) {
    super();
    this.leases = new MemoryLeases(ttlMs);
  }
}

class MemoryLeases implements Leases {
  readonly ttlMs: number;
  readonly ends = new Map<string, number>();
  generation = "first";

  constructor(ttlMs: number) {
    this.ttlMs = ttlMs;
  }

  async renew(node: string): Promise<Lease> {
    const now = Date.now();
    const held = (this.ends.get(node) ?? 0) > now;
    this.ends.set(node, now + this.ttlMs);
    const lapsed = [...this.ends].filter(([, end]) => end <= now).map(([each]) => each);
    return { held, generation: this.generation, lapsed };
  }

  async release(node: string): Promise<void> {
    if (this.ends.has(node)) this.ends.set(node, 0);
  }

  async forget(node: string): Promise<void> {
    this.ends.delete(node);
  }
}
