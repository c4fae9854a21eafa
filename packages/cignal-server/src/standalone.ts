import { once } from "node:events";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { Server } from "socket.io";
import { obtainCertificate } from "./certificate.js";
import type { CignalServer } from "./cignal-server.js";
import { initSocketServer } from "./init-socket-server.js";
import { createDefaultLogger } from "./log.js";
import { drain } from "./operations/drain.js";
import { type Operators, serveOperators, urlOfOperators } from "./operations/operators.js";
import type { Settings } from "./settings.js";

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
  /** Opens no room any more. Resolves when the last one is closed, or after `drainSeconds`. */
  drain(): Promise<void>;
  /** Closes all rooms and connections and stops listening. More calls change nothing. */
  close(): Promise<void>;
}

const EVERYWHERE = new Set(["0.0.0.0", "::"]);

/**
 * Starts an HTTP or HTTPS server with Socket.IO and Cignal on it. Resolves when it listens.
 *
 * @param requestListener - what else the server serves, for example an Express app
 * @throws OptionsError if a certificate cannot be read
 */
export async function startServer(
  settings: Settings,
  requestListener: RequestListener = greet,
): Promise<StandaloneServer> {
  const { host, port, tls, logLevel, jwt, options } = settings;
  const lan = EVERYWHERE.has(host) ? lanAddresses() : [];
  const certificate = await obtainCertificate(tls, ["localhost", "127.0.0.1", "::1", ...lan]);
  let operators: Operators | undefined;
  const listener: RequestListener = (request, response) => {
    if (!operators?.listener(request, response)) requestListener(request, response);
  };
  const server = certificate ? createHttpsServer(certificate, listener) : createServer(listener);
  // Pages come from elsewhere, and no cookie tells anybody apart: any origin may ask.
  const io = new Server(server, { serveClient: false, cors: { origin: "*" } });
  const logger = createDefaultLogger();
  // Loaded here, so that nobody else pays for it.
  const authenticate = jwt && (await import("./jwt.js")).jwtAuthentication(jwt);
  const cignal = initSocketServer(io, { ...options, logger, logLevel, authenticate });
  try {
    operators = await serveOperators(cignal, settings.operators, logger);
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    operators?.server?.close();
    await cignal.close();
    throw error;
  }

  const { server: operatorServer } = operators;
  const { port: actual } = server.address() as AddressInfo;
  async function close(): Promise<void> {
    await cignal.close();
    operatorServer?.close();
    operatorServer?.closeAllConnections();
    await io.close();
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
    drain: () => drain(cignal, settings.drainSeconds * 1_000),
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
