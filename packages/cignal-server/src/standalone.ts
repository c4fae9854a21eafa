import { once } from "node:events";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { Server } from "socket.io";
import { obtainCertificate } from "./certificate.js";
import type { CignalServer } from "./cignal-server.js";
import { closeInTime } from "./close-in-time.js";
import { loadDestinations } from "./events/destinations.js";
import { initSocketServer } from "./init-socket-server.js";
import { createDefaultLogger } from "./log.js";
import { drain } from "./operations/drain.js";
import { type Operators, serveOperators, urlOfOperators } from "./operations/operators.js";
import { MemoryStore } from "./rooms/memory-store.js";
import type { RoomStore } from "./rooms/room-store.js";
import type { Settings } from "./settings.js";
import { connectToRedis } from "./shared-redis.js";

export { readSettings, type Settings, type Tls } from "./settings.js";

/** A Cignal server with everything that it runs on. */
export interface StandaloneServer {
  /** Where it is reached from this machine. */
  readonly url: string;
  /** Where it is reached from the local network; empty if it listens on one address only. */
  readonly urls: readonly string[];
  readonly server: HttpServer;
  readonly io: Server;
  readonly cignal: CignalServer;
  /** Where operators have a port of their own. */
  readonly operatorUrl: string | undefined;
  /** Opens no room any more. Resolves when the last one is closed, or after `drainSeconds`; at once with a Redis. */
  drain(): Promise<void>;
  /** Closes all rooms and connections and stops listening. More calls change nothing. */
  close(): Promise<void>;
}

const EVERYWHERE = new Set(["0.0.0.0", "::"]);

/**
 * Starts an HTTP or HTTPS server with Socket.IO and Cignal on it. Resolves when it listens.
 *
 * @param requestListener - what else the server serves, for example an Express app
 * @throws OptionsError if a certificate cannot be read, Redis does not answer, or a package is not installed
 */
export async function startServer(
  settings: Settings,
  requestListener: RequestListener = greet,
): Promise<StandaloneServer> {
  const { host, port, tls, logLevel, jwt, redisUrl } = settings;
  const lan = EVERYWHERE.has(host) ? lanAddresses() : [];
  const certificate = await obtainCertificate(tls, ["localhost", "127.0.0.1", "::1", ...lan]);
  let operators: Operators | undefined;
  const listener: RequestListener = (request, response) => {
    if (!operators?.listener(request, response)) requestListener(request, response);
  };
  const server = certificate ? createHttpsServer(certificate, listener) : createServer(listener);
  const inTime = closeInTime(server);
  const logger = createDefaultLogger();
  // Loaded here, so that nobody else pays for it.
  const authenticate = jwt && (await import("./jwt.js")).jwtAuthentication(jwt);
  const to = await loadDestinations(settings.liveEvents);
  const redis = redisUrl === undefined ? undefined : await connectToRedis(redisUrl, logger);
  const store: RoomStore = redis?.store ?? new MemoryStore();
  // Pages come from elsewhere, and no cookie tells anybody apart: any origin may ask.
  const io = new Server(server, { serveClient: false, cors: { origin: "*" }, ...redis?.socketIo });
  const cignal = initSocketServer(io, {
    ...settings.options,
    ...{ store, logger, logLevel, authenticate },
    ...(to.length > 0 && { liveEvents: { to } }),
  });
  try {
    operators = await serveOperators(cignal, settings.operators, logger, redis?.history);
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    operators?.server?.close();
    await cignal.close();
    // It says so if it does not listen yet.
    await io.close().catch(() => {});
    redis?.close();
    throw error;
  }

  const { server: operatorServer } = operators;
  const { port: actual } = server.address() as AddressInfo;
  async function close(): Promise<void> {
    await cignal.close();
    operatorServer?.close();
    operatorServer?.closeAllConnections();
    await inTime(io.close());
    redis?.close();
  }

  let closed: Promise<void> | undefined;
  const urlOf = (name: string) =>
    `${certificate ? "https" : "http"}://${isIPv6(name) ? `[${name}]` : name}:${actual}`;
  return {
    url: urlOf(EVERYWHERE.has(host) ? "localhost" : host),
    urls: lan.map(urlOf),
    server,
    io,
    cignal,
    operatorUrl: operatorServer && urlOfOperators(operatorServer),
    drain: () => drain(cignal, settings.drainSeconds * 1_000, store),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function greet(...[, response]: Parameters<RequestListener>): void {
  response.writeHead(200, { "Content-Type": "text/plain" }).end("Cignal signalling server\n");
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}
