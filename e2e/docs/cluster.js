import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { initSocketServer } from "cignal-server";
import { RedisStore } from "cignal-server/redis";
import { Redis } from "ioredis";
import { Server } from "socket.io";

function connectToRedis(maxRetriesPerRequest) {
  const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest });
  redis.on("error", ({ message }) => console.error(`Redis: ${message}`));
  return redis;
}

const server = createServer();
const io = new Server(server, {
  transports: ["websocket"],
  adapter: createAdapter(connectToRedis(null)),
});
const cignal = initSocketServer(io, { store: new RedisStore(connectToRedis(1)) });
server.listen(process.env.PORT ?? 8080);

process.once("SIGTERM", async () => {
  await cignal.close();
  process.exit();
});
