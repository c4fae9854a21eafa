import { PeerServer } from "peer";
import { type Place, portOf } from "../lib/listen.js";

/** peerjs-server, with room for as many idle peers as the benchmark makes, which send no heartbeats. */
export function start({ host = "127.0.0.1", port = 0 }: Place = {}): Promise<number> {
  return new Promise((resolve) => {
    PeerServer({ host, port, concurrent_limit: 1_000_000, alive_timeout: 3_600_000 }, (server) =>
      resolve(portOf(server)),
    );
  });
}
