import { once } from "node:events";
import type { Redis, RedisOptions } from "ioredis";
import type { ServerOptions } from "socket.io";
import type { Logger } from "./log.js";
import type { HistoryStore } from "./operations/history-store.js";
import { loadOptional } from "./optional.js";
import { OptionsError } from "./options.js";
import type { RoomStore } from "./rooms/room-store.js";

/** What the nodes of a stand-alone server share. */
export interface SharedRedis {
  readonly store: RoomStore;
  readonly history: HistoryStore;
  /** For Socket.IO. */
  readonly socketIo: Partial<ServerOptions>;
  /** When everything that uses it is closed. */
  close(): void;
}

const PACKAGES = "ioredis @socket.io/redis-streams-adapter";

/**
 * Connects to the Redis that nodes share. Once it has answered, it may be away for as long as it likes.
 *
 * @throws OptionsError if it does not answer, or if a package is not installed
 */
export async function connectToRedis(url: string, logger: Logger): Promise<SharedRedis> {
  const { Redis, createAdapter, RedisStore, RedisHistoryStore } = await loadOptional(
    "REDIS_URL",
    PACKAGES,
    async () => ({
      ...(await import("ioredis")),
      ...(await import("@socket.io/redis-streams-adapter")),
      ...(await import("./redis.js")),
    }),
  );
  const clients: Redis[] = [];
  const close = () => {
    for (const client of clients) client.disconnect();
  };
  const connect = (): Redis => {
    const client = new Redis(url, { maxRetriesPerRequest: 1 });
    clients.push(client);
    return client.on("error", () => {});
  };

  const rooms = connect();
  try {
    await once(rooms, "ready");
  } catch (error) {
    close();
    throw new OptionsError(`REDIS_URL: no Redis lets us in there (${reasonOf(error)})`);
  }
  tellOfOutages(rooms, logger);
  const messages = connect();
  // The adapter waits for messages on copies of its connection, and would go on for seconds after the end. It does not look
  // whether it could subscribe to them: while Redis is away it has to wait for that, or the rejection ends the process.
  const duplicate = messages.duplicate.bind(messages);
  messages.duplicate = (override?: Partial<RedisOptions>) => {
    const copy = duplicate({ ...override, maxRetriesPerRequest: null });
    clients.push(copy);
    return copy;
  };
  return {
    store: new RedisStore(rooms),
    history: new RedisHistoryStore(rooms),
    // A client of HTTP polling would have to reach the same node each time.
    socketIo: { adapter: createAdapter(messages), transports: ["websocket"] },
    close,
  };
}

/** One line when it goes and one when it is back. */
function tellOfOutages(client: Redis, logger: Logger): void {
  let state: "here" | "away" = "here";
  client.on("error", (error) => {
    if (state === "here") logger.warn("Redis is away", { error: reasonOf(error) });
    state = "away";
  });
  client.on("ready", () => {
    if (state === "away") logger.info("Redis is back");
    state = "here";
  });
}

/** A code, such as ECONNREFUSED or WRONGPASS: messages may hold the address, and so a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : (/^[A-Z]+\b/.exec(error.message)?.[0] ?? error.name);
}
