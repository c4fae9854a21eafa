import type { Envelope, ServerMessages, WireError } from "@cignal/protocol";
import type { Greet, OpenSocket, SignalingSocket } from "../src/signaling/socket.js";

type Answer = (payload: never) => { error?: WireError } | "no answer";

/** A Socket.IO client socket whose server is the test. */
export class FakeSocket implements SignalingSocket {
  connected = false;
  active = false;
  readonly id = "socket";
  readonly io = { _close: () => this.lose("forced close") };
  readonly sent: [type: string, payload: unknown][] = [];
  /** What the server acknowledges each request with. */
  answer: Answer = () => ({});
  /** The latest handshake. */
  handshake: object | undefined;
  /** How many handshakes were sent. */
  greetings = 0;
  readonly #greet: Greet;
  readonly #listeners = new Map<string, ((arg: never) => void)[]>();
  readonly #any: ((type: string, payload: unknown) => void)[] = [];

  constructor(greet: Greet) {
    this.#greet = greet;
  }

  on(event: string, listener: (arg: never) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  onAny(listener: (type: string, payload: unknown) => void): void {
    this.#any.push(listener);
  }

  /** How often it tried to connect. */
  attempts = 0;
  /** Whether the server was told that this side leaves (L2). */
  left = false;

  connect(): void {
    this.active = true;
    this.attempts++;
  }

  disconnect(): void {
    this.active = false;
    this.left = this.connected;
    if (this.connected) this.lose("io client disconnect");
  }

  /** What was sent to other peers. */
  envelopes(): Envelope[] {
    return this.#signals().map(({ envelope }) => envelope);
  }

  /** The information that was sent, and to whom. */
  informations(): [to: string, data: unknown][] {
    return this.#signals().flatMap(({ to, envelope: { message } }) =>
      message?.type === "information" ? [[to, message.data] as [string, unknown]] : [],
    );
  }

  #signals(): { to: string; envelope: Envelope }[] {
    const signals = this.sent.filter(([type]) => type === "signal");
    return signals.map(([, payload]) => payload as { to: string; envelope: Envelope });
  }

  emit(type: string, payload: unknown): void {
    this.sent.push([type, payload]);
  }

  timeout(ms: number) {
    return {
      emitWithAck: (type: string, payload: unknown) => {
        this.sent.push([type, payload]);
        const answer = this.answer(payload as never);
        return answer === "no answer"
          ? new Promise((_, reject) => setTimeout(() => reject(new Error("timed out")), ms))
          : Promise.resolve(answer);
      },
    };
  }

  /** The network lets the client through, and the server takes its handshake as soon as there is one. */
  arrive(): void {
    this.#greet((handshake) => {
      this.handshake = handshake;
      this.greetings++;
      this.connected = true;
      this.#tell("connect");
    });
  }

  lose(reason: string): void {
    this.connected = false;
    if (reason === "io server disconnect") this.active = false;
    this.#tell("disconnect", reason);
  }

  failToConnect(message: string, { final = false } = {}): void {
    if (final) this.active = false;
    this.#tell("connect_error", new Error(message));
  }

  receive(type: string, payload: unknown): void {
    for (const listener of this.#any) listener(type, payload);
  }

  welcome(welcome: Partial<ServerMessages["welcome"]> = {}): void {
    this.receive("welcome", {
      protocol: 1,
      roomId: "room",
      you: { id: "me", name: "Me" },
      peers: [],
      revision: 1,
      iceServers: [],
      resumeToken: "token-1",
      gracePeriodMs: 30_000,
      resumed: false,
      ...welcome,
    });
  }

  #tell(event: string, arg?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(arg as never);
  }
}

/** Opens fake sockets and remembers them. */
export function fakeSockets(): { sockets: FakeSocket[]; openSocket: OpenSocket } {
  const sockets: FakeSocket[] = [];
  return {
    sockets,
    openSocket: (_address, greet) => {
      const socket = new FakeSocket(greet);
      sockets.push(socket);
      return socket;
    },
  };
}
