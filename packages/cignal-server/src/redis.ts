export {
  RedisHistoryStore,
  type RedisHistoryStoreOptions,
} from "./operations/redis-history-store.js";
export type { RedisClient } from "./rooms/redis-client.js";
export { RedisStore, type RedisStoreOptions } from "./rooms/redis-store.js";
