import { createHash } from "node:crypto";
import type { Send } from "./redis-client.js";

/** What runs in Redis as one step. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

export function script(source: string): Script {
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

/** Runs a script by its hash, and sends the whole of it only to a Redis that does not know it. */
export async function run(
  send: Send,
  { source, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...args];
  try {
    return await send("EVALSHA", sha, ...rest);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return send("EVAL", source, ...rest);
  }
}

/**
 * Commits a room. KEYS: the room, the index of its shard. ARGV: the revision that it must be at, the text of the next one
 * or nothing, its name in the index. Answers 1, or with the room that is there instead.
 *
 * A client whose connection broke before the answer came sends the command again; the text is never the same otherwise.
 */
export const COMMIT = script(`
local current = redis.call('GET', KEYS[1])
local revision = current and string.match(current, '^%d+') or '0'
if revision ~= ARGV[1] then
  return current == ARGV[2] and 1 or current
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[2])
  if not current then redis.call('ZADD', KEYS[2], 0, ARGV[3]) end
end
return 1`);

/** Claims a name. KEYS: the claim. ARGV: who claims it, for how many milliseconds. */
export const CLAIM = script(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Renews a lease. KEYS: the leases, the generation. ARGV: the node, for how many milliseconds, a generation if there is none. */
export const RENEW = script(`${NOW}
local generation = redis.call('GET', KEYS[2])
if not generation then
  generation = ARGV[3]
  redis.call('SET', KEYS[2], generation)
end
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return {
  ends and tonumber(ends) > now and 1 or 0,
  generation,
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)
}`);

/** Forgets a node whose lease has run out. KEYS: the leases. ARGV: the node. */
export const FORGET = script(`${NOW}
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends and tonumber(ends) <= now then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0`);
