import { inTime } from "../access/in-time.js";

type Argument = string | number;

/** Your own client of Redis, by shape. */
export type RedisClient =
  /** `Redis` or `Cluster` of `ioredis`. */
  | { call(command: string, ...args: Argument[]): Promise<unknown> }
  /** What `createClient` of `redis` (node-redis) makes. */
  | { sendCommand(args: string[]): Promise<unknown> };

/** Sends one command. */
export type Send = (command: string, ...args: Argument[]) => Promise<unknown>;

/** @returns a way to send commands, each of which rejects if it is not answered in `timeoutMs` */
export function senderOf(client: RedisClient, timeoutMs: number): Send {
  const send: Send =
    "call" in client
      ? (command, ...args) => client.call(command, ...args)
      : (command, ...args) => client.sendCommand([command, ...args.map(String)]);
  return (command, ...args) => inTime(() => send(command, ...args), timeoutMs);
}

export function isRedisClient(client: unknown): client is RedisClient {
  return (
    client instanceof Object &&
    ["call", "sendCommand"].some((name) => typeof Reflect.get(client, name) === "function")
  );
}
