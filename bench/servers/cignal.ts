import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import { Server } from "socket.io";
import { listen } from "../lib/listen.js";
import { QUIET } from "./quiet.js";

export function start(): Promise<number> {
  const http = createServer();
  // All of the load comes from one address.
  const limits = { perAddress: false } as const;
  initSocketServer(new Server(http, QUIET), {
    iceServers: [],
    groups: true,
    logLevel: "warn",
    limits,
  });
  return listen(http);
}
