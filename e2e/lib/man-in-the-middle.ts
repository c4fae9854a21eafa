import type { TestServer } from "./server.js";

/** A digit of each byte is another one, so that no certificate fits. */
const other = (hex: string) =>
  hex.replace(/[\dA-F](?=:|$)/g, (digit) => (digit === "0" ? "1" : "0"));

/**
 * From now on the server puts other certificates into the descriptions that it relays, as one does that sits between the
 * peers. Returns how many it has changed so far.
 */
export function replaceFingerprints(server: TestServer): () => number {
  let replaced = 0;
  server.io.of("/cignal").use((socket, next) => {
    const emit = socket.emit.bind(socket);
    socket.emit = (type: string, ...args: unknown[]) => {
      if (type !== "signal") return emit(type, ...args);
      const changed = JSON.stringify(args).replace(
        /(a=fingerprint:[\w-]+ )([\dA-F:]+)/g,
        (_, start: string, hex: string) => {
          replaced++;
          return start + other(hex);
        },
      );
      return emit(type, ...JSON.parse(changed));
    };
    next();
  });
  return () => replaced;
}
