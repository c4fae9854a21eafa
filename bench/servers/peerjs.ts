import { PeerServer } from "peer";
import { portOf } from "../lib/listen.js";

/** peerjs-server, with room for as many idle peers as the benchmark makes, which send no heartbeats. */
export function start(): Promise<number> {
  return new Promise((resolve) => {
    PeerServer(
      { host: "127.0.0.1", port: 0, concurrent_limit: 1_000_000, alive_timeout: 3_600_000 },
      (server) => resolve(portOf(server)),
    );
  });
}
