import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { initSocketServer } from "../src/index.js";
import { RedisStore } from "../src/redis.js";

/** One node in a process of its own, so that it can be killed. Run with the URL of Redis and options as JSON. */
const [url = "", options = "{}"] = process.argv.slice(2);

const client = () => new Redis(url).on("error", () => {});
const http = createServer();
const io = new Server(http, { adapter: createAdapter(client(), { blockTimeInMs: 200 }) });
const store = new RedisStore(client(), { leaseMs: 1_000, timeoutMs: 500 });
initSocketServer(io, { store, logLevel: "error", ...JSON.parse(options) });
http.listen(0, "127.0.0.1", () => {
  process.send?.((http.address() as AddressInfo).port);
});
