import { io, type Socket } from "socket.io-client";

interface Welcome {
  resumeToken: string;
  resumed: boolean;
}

/** A client that is not ours, and that comes back to its place when it has lost its socket (L4). */
export class ResumingClient {
  readonly peerId: string;
  /** The types of all that the server has said but `welcome` and signals. */
  readonly heard: string[] = [];
  /** What others have told it, by signals. */
  readonly told: unknown[] = [];
  readonly #socket: Socket;
  #welcomes: Welcome[] = [];

  private constructor(url: string, path: string, roomId: string, peerId: string) {
    this.peerId = peerId;
    this.#socket = io(`${url}/cignal`, {
      path,
      forceNew: true,
      transports: ["websocket"],
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
      auth: (answer) => {
        const resumeToken = this.#welcomes.at(-1)?.resumeToken;
        answer({ protocol: [1], roomId, peerId, ...(resumeToken && { resumeToken }) });
      },
    });
    this.#socket.onAny((type: string, payload) => {
      if (type === "welcome") this.#welcomes.push(payload);
      else if (type === "signal") this.told.push(payload.envelope.message.data);
      else this.heard.push(type);
    });
  }

  /** Resolves when it has entered. */
  static async enter(url: string, path: string, roomId: string, peerId: string) {
    const client = new ResumingClient(url, path, roomId, peerId);
    await new Promise((resolve) => client.#socket.once("welcome", resolve));
    return client;
  }

  /** Whether it has lost its socket, and has come back to its place as often as that. */
  get hasResumed(): boolean {
    const [, ...later] = this.#welcomes;
    return this.#socket.connected && later.length > 0 && later.every(({ resumed }) => resumed);
  }

  /** Tells another one something, and resolves with the answer of the server. */
  tell(to: string, data: unknown): Promise<unknown> {
    const message = { type: "information", data };
    const envelope = { session: this.peerId, number: 1, first: 1, received: 0, message };
    return this.#request("signal", { to, envelope });
  }

  leave(): Promise<unknown> {
    return this.#request("leave", {});
  }

  close(): void {
    this.#socket.disconnect();
  }

  #request(type: string, payload: object): Promise<unknown> {
    return this.#socket.timeout(10_000).emitWithAck(type, payload);
  }
}
