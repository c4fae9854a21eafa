import { once } from "node:events";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { Server } from "socket.io";
import { obtainCertificate } from "./certificate.js";
import type { CignalServer } from "./cignal-server.js";
import { initSocketServer } from "./init-socket-server.js";
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
  /** Closes all rooms and connections and stops listening. */
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
  { host, port, tls, logLevel, iceServers, turn }: Settings,
  requestListener: RequestListener = greet,
): Promise<StandaloneServer> {
  const lan = EVERYWHERE.has(host) ? lanAddresses() : [];
  const certificate = await obtainCertificate(tls, ["localhost", "127.0.0.1", "::1", ...lan]);
  const server = certificate
    ? createHttpsServer(certificate, requestListener)
    : createServer(requestListener);
  // Pages come from elsewhere, and no cookie tells anybody apart: any origin may ask.
  const io = new Server(server, { serveClient: false, cors: { origin: "*" } });
  const cignal = initSocketServer(io, { logLevel, iceServers, turn });
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    await cignal.close();
    throw error;
  }

  const { port: actual } = server.address() as AddressInfo;
  const urlOf = (name: string) =>
    `${certificate ? "https" : "http"}://${isIPv6(name) ? `[${name}]` : name}:${actual}`;
  return {
    url: urlOf(EVERYWHERE.has(host) ? "localhost" : host),
    urls: lan.map(urlOf),
    server,
    io,
    cignal,
    async close() {
      await cignal.close();
      await io.close();
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
