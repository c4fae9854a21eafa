import type { Ack, Handshake, PlaceMessages, ServerMessages } from "@cignal/protocol";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { onTestFinished } from "vitest";

type Messages = ServerMessages & PlaceMessages;

type Received = { type: string; payload: unknown };

/** A bare client: says what it is told to and keeps what it hears until somebody asks for it. */
export class TestClient {
  readonly socket: Socket;
  /** What has arrived and was not asked for yet. */
  readonly inbox: Received[] = [];
  readonly #arrived = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((type: string, payload: unknown) => {
      this.inbox.push({ type, payload });
      for (const check of this.#arrived) check();
    });
    socket.on("disconnect", () => {
      for (const check of this.#arrived) check();
    });
  }

  /** The next message of this type, which may have arrived before. */
  next<Type extends keyof Messages>(type: Type): Promise<Messages[Type]> {
    return this.#until(() => {
      const index = this.inbox.findIndex((message) => message.type === type);
      if (index < 0) return undefined;
      const [message] = this.inbox.splice(index, 1);
      return message?.payload as Messages[Type];
    });
  }

  /** Resolves when the socket is closed, by whichever side. */
  async closed(): Promise<void> {
    await this.#until(() => (this.socket.connected ? undefined : true));
  }

  /** Sends a message and waits for its acknowledgement. */
  request(type: string, payload: unknown): Promise<Ack> {
    return this.socket.emitWithAck(type, payload);
  }

  send(type: string, payload: unknown): void {
    this.socket.emit(type, payload);
  }

  /**
   * The types of what has arrived so far. The answer to a question comes after all that the server sent before, so
   * that nothing can still be on its way.
   */
  async heard(): Promise<string[]> {
    await this.socket.emitWithAck("are you there?");
    return this.inbox.map(({ type }) => type);
  }

  /** Loses the connection, without a word. */
  drop(): void {
    this.socket.io.engine.close();
  }

  /** Leaves as a client does that closes its socket on purpose (L2). */
  disconnect(): void {
    this.socket.disconnect();
  }

  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const found = look();
        if (found === undefined) return;
        this.#arrived.delete(check);
        resolve(found);
      };
      this.#arrived.add(check);
      check();
    });
  }
}

type Hello = Partial<Handshake> | Record<string, unknown>;

/** Connects with a handshake, which may be wrong in any way. */
export function connect(
  url: string,
  hello: Hello,
  options: Partial<ManagerOptions & SocketOptions> = {},
): TestClient {
  const socket = io(`${url}/cignal`, {
    auth: { protocol: [1], ...hello },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    ...options,
  });
  onTestFinished(() => {
    socket.disconnect();
  });
  return new TestClient(socket);
}

/** Connects and waits for the welcome. */
export async function join(url: string, roomId: string, peerId: string, more: Hello = {}) {
  const client = connect(url, { roomId, peerId, ...more });
  const welcome = await client.next("welcome");
  return { client, welcome };
}

/** Two members of a room, who have heard of each other. */
export async function joinPair(url: string, roomId = "room") {
  const { client: a, welcome } = await join(url, roomId, "a");
  const { client: b, welcome: welcomeOfB } = await join(url, roomId, "b");
  await a.next("peer-joined");
  return { a, b, tokenOfA: welcome.resumeToken, tokenOfB: welcomeOfB.resumeToken };
}
