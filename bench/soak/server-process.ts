import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import { Server } from "socket.io";
import { listen } from "../lib/listen.js";
import { memory } from "../lib/memory.js";
import { answer } from "../lib/worker.js";

const http = createServer();
const io = new Server(http, { cors: { origin: true }, serveClient: false });
initSocketServer(io, { iceServers: [], logLevel: "error" });
const listening = listen(http, { port: Number(process.argv[2]) });

const handlers = { port: () => listening, memory, sockets: () => io.engine.clientsCount };
export type SoakServer = typeof handlers;
answer(handlers);
