import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import {
  type CignalServer,
  type CignalServerOptions,
  initSocketServer,
  keepStatistics,
  recordHistory,
} from "cignal-server";
import { jwtAuthentication } from "cignal-server/jwt";
import { collectMetrics } from "cignal-server/metrics";
import { RedisStore } from "cignal-server/redis";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { listen } from "../lib/listen.js";
import * as peerjs from "../servers/peerjs.js";
import { QUIET } from "../servers/quiet.js";
import * as socketIo from "../servers/socket-io.js";
import { type ContenderName, SECRET } from "./contenders.js";

/** All of the load comes from one address. */
const ANY_NUMBER = 1_000_000;

const quiet: CignalServerOptions = { iceServers: [], logLevel: "warn" };

/** What a server in production does at each join: it asks who that is, limits, counts and tells. */
const everything: CignalServerOptions = {
  ...quiet,
  authenticate: jwtAuthentication({ secret: SECRET }),
  authorize: async ({ role }, action) => role === "participant" || action === "join",
  limits: {
    perAddress: {
      connections: ANY_NUMBER,
      handshakesPerMinute: ANY_NUMBER,
      roomsPerMinute: ANY_NUMBER,
    },
  },
  liveEvents: { to: async () => {} },
  turn: { urls: "turn:turn.example", secret: SECRET },
};

function plain(): Promise<number> {
  const http = createServer();
  initSocketServer(new Server(http, QUIET), { ...quiet, limits: { perAddress: false } });
  return listen(http);
}

/** Metrics, the last hour and the log of each room, as operators have them. */
function watch(cignal: CignalServer): void {
  collectMetrics(cignal);
  keepStatistics(cignal);
  recordHistory(cignal);
}

function all(): Promise<number> {
  const http = createServer();
  watch(initSocketServer(new Server(http, QUIET), everything));
  return listen(http);
}

function allInRedis(url: string): Promise<number> {
  const http = createServer();
  const adapter = createAdapter(new Redis(url));
  const store = new RedisStore(new Redis(url));
  const io = new Server(http, { ...QUIET, adapter });
  watch(initSocketServer(io, { ...everything, store }));
  return listen(http);
}

/** Starts a server and says at which port. */
export function start(name: ContenderName, redisUrl: string): Promise<number> {
  switch (name) {
    case "socket-io":
      return socketIo.start();
    case "peerjs":
      return peerjs.start();
    case "cignal":
      return plain();
    case "cignal-all":
      return all();
    case "redis-1":
    case "redis-2":
      return allInRedis(redisUrl);
  }
}
