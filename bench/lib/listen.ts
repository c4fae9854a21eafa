import type { Server } from "node:net";

/** The port that a listening server was given. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("not a listening TCP server");
  return address.port;
}

/** Where to listen; by default at a free port of loopback. */
export interface Place {
  host?: string;
  port?: number;
}

/** Listens there and says at which port. */
export function listen(
  server: Server,
  { host = "127.0.0.1", port = 0 }: Place = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(portOf(server)));
  });
}
