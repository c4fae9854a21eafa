import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions } from "socket.io";
import { onTestFinished } from "vitest";
import {
  type CignalServer,
  type CignalServerOptions,
  initSocketServer,
  MemoryStore,
  type RoomStore,
} from "../src/index.js";

export const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface TestServer {
  url: string;
  http: HttpServer;
  io: Server;
  cignal: CignalServer;
  store: RoomStore;
}

/** A real server on a free port, closed with the test. */
export async function startServer(
  options: CignalServerOptions = {},
  socketIo: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const http = createServer();
  const io = new Server(http, socketIo);
  const { store = new MemoryStore() } = options;
  const cignal = initSocketServer(io, { logger: silent, ...options, store });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(async () => {
    await cignal.close();
    await io.close();
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, http, io, cignal, store };
}
