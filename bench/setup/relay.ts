import type { Side } from "./contender.js";

/** A side's connection to the bare `ws` relay, once it has joined. */
export interface Relay {
  /** Resolves when the other one has joined. */
  ready: Promise<void>;
  send(message: unknown): void;
}

/** Joins; `onMessage` gets what the other one sends. */
export function joinRelay(
  side: Pick<Side, "host" | "port" | "room" | "me">,
  onMessage: (message: unknown) => void,
): Promise<Relay> {
  const socket = new WebSocket(`ws://${side.host}:${side.port}/?room=${side.room}&id=${side.me}`);
  const send = (message: unknown) => socket.send(JSON.stringify({ type: "message", message }));
  return new Promise((joined) => {
    const ready = new Promise<void>((isThere) => {
      socket.onmessage = ({ data }) => {
        const received = JSON.parse(data);
        if (received.type === "message") return onMessage(received.message);
        if (received.type === "welcome") joined({ ready, send });
        if (received.type === "joined" || received.peers?.length > 0) isThere();
      };
    });
  });
}
