import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { type CignalServer, type CignalServerOptions, initSocketServer } from "cignal-server";
import { Server, type Socket } from "socket.io";
import type { Certificate } from "./certificate.js";

const script = readFileSync(createRequire(import.meta.url).resolve("cignal-client/script"));

const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Cignal</title><script src="/cignal.min.js"></script></head>
  <body></body>
</html>`;

/** What a server of somebody else's answers, beside the signalling. */
export interface Content {
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

/** The empty page with the script tag, at every path but those that a test has put something else at. */
export function pages(contents: Record<string, Content> = {}): RequestListener {
  const all: Record<string, Content> = {
    "/cignal.min.js": { type: "text/javascript", body: script },
    ...contents,
  };
  return (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://any");
    const { type, body, headers } = all[pathname] ?? { type: "text/html", body: page };
    response.writeHead(200, { "Content-Type": type, ...headers }).end(body);
  };
}

export interface ServerOptions {
  /** What Cignal is told; `"none"` leaves it away. */
  cignal?: CignalServerOptions | "none";
  /** What the server answers to everything else. */
  listener?: RequestListener;
  /** Makes it an HTTPS server. */
  certificate?: Certificate;
}

/** A message that passed a socket of Cignal's, seen from the server. */
export interface PassedMessage {
  peerId: string;
  direction: "in" | "out";
  type: string;
  payload: unknown;
}

/** A Node server that runs already, at a free port of 127.0.0.1, and has Socket.IO and Cignal put on it. */
export class TestServer {
  readonly http: HttpServer;
  readonly io: Server;
  readonly messages: PassedMessage[] = [];
  readonly #scheme: "http" | "https";
  readonly #options: CignalServerOptions;
  #cignal: CignalServer | undefined;
  readonly #tcp = new Set<TcpSocket>();
  #dark = false;

  private constructor(http: HttpServer, { cignal = {}, certificate }: ServerOptions) {
    this.http = http;
    this.#scheme = certificate ? "https" : "http";
    http.on("connection", (socket) => {
      if (this.#dark) return void socket.destroy();
      this.#tcp.add(socket.on("close", () => this.#tcp.delete(socket)));
    });
    this.io = new Server(http, { serveClient: false });
    this.#options = { iceServers: [], logLevel: "error", ...(cignal === "none" ? {} : cignal) };
    if (cignal === "none") return;
    this.io.of("/cignal").use((socket, next) => {
      this.#watch(socket);
      next();
    });
    this.#cignal = initSocketServer(this.io, this.#options);
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const { listener = pages(), certificate } = options;
    const http = certificate ? createHttpsServer(certificate, listener) : createServer(listener);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new TestServer(http, options);
  }

  get cignal(): CignalServer {
    if (!this.#cignal) throw new Error("This server was started without Cignal");
    return this.#cignal;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** The messages of this type that clients have sent. */
  received(type: string): PassedMessage[] {
    return this.messages.filter((message) => message.direction === "in" && message.type === type);
  }

  /** How many clients are connected, in whatever namespace or in none. */
  get clients(): number {
    return this.io.engine.clientsCount;
  }

  /** Ends the connection of a peer, which may come back. */
  drop(peerId: string): void {
    for (const { handshake, conn } of this.io.of("/cignal").sockets.values()) {
      if (handshake.auth["peerId"] === peerId) conn.close();
    }
  }

  /** Ends every TCP connection without a word and takes no new one, as a machine that lost its network. */
  goDark(): void {
    this.#dark = true;
    for (const socket of this.#tcp) socket.destroy();
  }

  comeBack(): void {
    this.#dark = false;
  }

  /** Closes Cignal in order and starts it anew, as a deploy does. */
  async replaceCignal(): Promise<void> {
    await this.cignal.close();
    this.#cignal = initSocketServer(this.io, this.#options);
  }

  async close(): Promise<void> {
    await this.#cignal?.close();
    const closed = this.io.close();
    // A browser keeps connections for later, and the server would wait for them.
    this.http.closeAllConnections();
    await closed;
  }

  #watch(socket: Socket): void {
    const { peerId } = socket.handshake.auth;
    const note = (direction: PassedMessage["direction"]) => (type: string, payload: unknown) => {
      this.messages.push({ peerId, direction, type, payload });
    };
    socket.onAny(note("in"));
    socket.onAnyOutgoing(note("out"));
  }
}
