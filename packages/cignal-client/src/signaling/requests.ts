import {
  ack,
  type ClientMessages,
  type PlaceRequestType,
  ProtocolError,
  parse,
} from "@cignal/protocol";
import { CignalError, fromWire } from "../errors.js";

type RequestType = "set-ice-servers" | PlaceRequestType;

export interface RequestsOptions {
  /** How long a request may take, in milliseconds. */
  timeoutMs: number;
  /** Whether the server takes requests now: outside of the room it refuses them (H5). */
  isJoined: () => boolean;
  /** Sends one and resolves with the acknowledgement; rejects when the socket is lost. */
  send: (type: RequestType, payload: ClientMessages[RequestType]) => Promise<unknown>;
}

/** Requests to the server (E3). One whose socket is lost is sent over the next one, until its time is over. */
export class Requests {
  readonly #options: RequestsOptions;
  /** What sends each that has no answer yet. */
  readonly #open = new Set<() => void>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Resolves when the server has done it. Rejects with a `CignalError`; what has not been sent then never is. */
  ask<Type extends RequestType>(type: Type, payload: ClientMessages[Type]): Promise<void> {
    const { timeoutMs, isJoined, send } = this.#options;
    return new Promise((resolve, reject) => {
      const finish = (error?: CignalError) => {
        clearTimeout(timer);
        this.#open.delete(attempt);
        if (error) reject(error);
        else resolve();
      };
      const problem = `The server did not answer "${type}" within ${timeoutMs / 1000} s. Try again.`;
      const late = new CignalError("timeout", problem, { retryable: true });
      const timer = setTimeout(() => finish(late), timeoutMs);
      const attempt = () => {
        send(type, payload).then(
          (answer) => finish(refusal(answer)),
          () => {},
        );
      };
      this.#open.add(attempt);
      if (isJoined()) attempt();
    });
  }

  /** The server takes requests again. */
  sendOpen(): void {
    for (const attempt of this.#open) attempt();
  }

  /** Nothing is sent any more; what is open ends in its time. */
  stop(): void {
    this.#open.clear();
  }
}

/** What the server's acknowledgement says was wrong (E3). */
export function refusal(answer: unknown): CignalError | undefined {
  const acknowledged = parse(ack, answer);
  if (acknowledged instanceof ProtocolError) return fromWire(acknowledged.toWire());
  return acknowledged.error && fromWire(acknowledged.error);
}
