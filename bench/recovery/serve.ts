import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import { Server } from "socket.io";
import { listen } from "../lib/listen.js";
import { start as startPeerJs } from "../servers/peerjs.js";
import { start as startRelay } from "../servers/ws.js";
import { pages } from "../setup/page-server.js";
import { LIBRARIES } from "./libraries.js";

/** All servers of the lab in one process, so that one signal kills them; started as the lab starts its own. */

const [host = "", port, secret = "", stun = "", ...turn] = process.argv.slice(2);

const contenders = Object.values(LIBRARIES).map(({ contender }) => contender);
const http = createServer(await pages(contenders, "../recovery/watch.ts"));
initSocketServer(new Server(http, { serveClient: false }), {
  iceServers: [{ urls: stun }],
  turn: { urls: turn, secret },
  logLevel: "error",
});
await startPeerJs({ host, port: LIBRARIES.peerjs.port });
await startRelay({ host, port: LIBRARIES["simple-peer"].port });
await listen(http, { host, port: Number(port) });
console.log("listening");
