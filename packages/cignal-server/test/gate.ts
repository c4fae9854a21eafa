import { MemoryStore, type Room } from "../src/index.js";

/** `Promise.withResolvers`, which Node 20 does not have. */
export function resolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A memory store that answers about rooms, or about one of them, only once it is opened. */
export class GatedStore extends MemoryStore {
  readonly #gate = resolvers();
  readonly #asked = resolvers();
  readonly #roomId: string | undefined;
  readonly open = this.#gate.resolve;
  /** Resolves when somebody stands at the gate. */
  readonly entered = this.#asked.promise;

  constructor(roomId?: string) {
    super();
    this.#roomId = roomId;
  }

  override async load(roomId: string): Promise<Room | undefined> {
    if (this.#roomId === undefined || this.#roomId === roomId) {
      this.#asked.resolve();
      await this.#gate.promise;
    }
    return super.load(roomId);
  }
}
