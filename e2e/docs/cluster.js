import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { initSocketServer } from "cignal-server";
import { RedisStore } from "cignal-server/redis";
import { Redis } from "ioredis";
import { Server } from "socket.io";

function connectToRedis() {
  const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 1 });
  redis.on("error", ({ message }) => console.error(`Redis: ${message}`));
  return redis;
}

const server = createServer();
const io = new Server(server, {
  transports: ["websocket"],
  adapter: createAdapter(connectToRedis()),
});
const cignal = initSocketServer(io, { store: new RedisStore(connectToRedis()) });
server.listen(process.env.PORT ?? 8080);

process.once("SIGTERM", async () => {
  await cignal.close();
  process.exit();
});
