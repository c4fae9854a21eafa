import type { TestServer } from "./server.js";

interface Signal {
  envelope: {
    message?: {
      type: string;
      description?: { type: "offer" | "answer" };
    };
  };
}

/** What a `signal` carries: "offer", "answer", "candidates", "start"…, or nothing but an acknowledgement. */
function kindOf(payload: unknown): string {
  const { message } = (payload as Signal).envelope;
  return message?.description?.type ?? message?.type ?? "acknowledgement";
}

/** How often the server was given something of this kind to pass on. */
export function passedOn(server: TestServer, kind: string): number {
  return server.received("signal").filter(({ payload }) => kindOf(payload) === kind).length;
}

/**
 * From now on each offer reaches its receiver only after candidates have. Returns the kinds of signals in the order in
 * which they are delivered.
 */
export function letCandidatesOvertake(server: TestServer): string[] {
  const delivered: string[] = [];
  server.io.of("/cignal").use((socket, next) => {
    const emit = socket.emit.bind(socket);
    const held: (() => void)[] = [];
    socket.emit = (type: string, ...args: unknown[]) => {
      const kind = type === "signal" ? kindOf(args[0]) : undefined;
      const deliver = () => {
        if (kind) delivered.push(kind);
        return emit(type, ...args);
      };
      if (kind === "offer") {
        held.push(deliver);
        return true;
      }
      const sent = deliver();
      if (kind === "candidates") for (const release of held.splice(0)) release();
      return sent;
    };
    next();
  });
  return delivered;
}
