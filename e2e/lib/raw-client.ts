import { io, type Socket } from "socket.io-client";
import type { PassedMessage } from "./server.js";

/** What the protocol calls `welcome` and `refused`, as far as tests look at them. */
interface Answer {
  code?: string;
  resumeToken?: string;
  resumed?: boolean;
}

/** A client that is not ours: it says what it is told to, whatever the protocol says. */
export class RawClient {
  readonly socket: Socket;
  /** Everything that the server has said. */
  readonly heard: Pick<PassedMessage, "type" | "payload">[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((type: string, payload: unknown) => this.heard.push({ type, payload }));
  }

  /** Shakes hands; what the server answered is in `heard`. */
  static async open(url: string, handshake: object): Promise<[RawClient, Answer]> {
    const socket = io(`${url}/cignal`, {
      auth: { protocol: [1], ...handshake },
      forceNew: true,
      reconnection: false,
      autoConnect: false,
      transports: ["websocket"],
    });
    const client = new RawClient(socket);
    const answer = await new Promise<Answer>((resolve, reject) => {
      for (const type of ["welcome", "refused"]) socket.once(type, resolve);
      socket.once("connect_error", reject);
      socket.connect();
    });
    return [client, answer];
  }

  /** Asks and returns the server's acknowledgement (E3). */
  request(type: string, payload: object): Promise<{ error?: { code: string } }> {
    return this.socket.timeout(5_000).emitWithAck(type, payload);
  }

  /** Loses the socket without a word, so that the grace period begins (L3). */
  lose(): void {
    this.socket.io.engine.close();
  }

  close(): void {
    this.socket.disconnect();
  }
}
