import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import { Server } from "socket.io";
import { pages } from "../../lib/server.js";

/** The Cignal server of the lab: a process of its own, so that it can be killed. */

const [address = "", port, secret = "", stun = "", ...turn] = process.argv.slice(2);

const http = createServer(pages());
initSocketServer(new Server(http, { serveClient: false }), {
  iceServers: [{ urls: stun }],
  turn: { urls: turn, secret },
  groups: true,
  logLevel: "error",
});
http.listen(Number(port), address, () => console.log("listening"));
