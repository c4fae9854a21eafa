import { connect, createServer, type Socket } from "node:net";
import { listen } from "../lib/listen.js";

/** Hands on what it reads, in order, each piece `ms` later: delay without a limit on throughput. */
function delayed(from: Socket, to: Socket, ms: number) {
  from.on("data", (piece) => setTimeout(() => to.write(piece), ms));
  from.on("close", () => setTimeout(() => to.destroy(), ms));
  // What failed is closed next, and that is handed on.
  from.on("error", () => undefined);
}

/** A TCP proxy in front of a loopback port that adds `ms` each way. Returns its own port. */
export function delayProxy(port: number, ms: number): Promise<number> {
  return listen(
    createServer({ noDelay: true }, (client) => {
      const server = connect({ host: "127.0.0.1", port, noDelay: true });
      delayed(client, server, ms);
      delayed(server, client, ms);
    }),
  );
}
