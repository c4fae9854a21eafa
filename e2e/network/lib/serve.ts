import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import { Server } from "socket.io";
import { pages } from "../../lib/server.js";

/** The Cignal server of the lab: a process of its own, so that it can be killed. */

const [address = "", port, secret = "", ...urls] = process.argv.slice(2);

const username = `${Math.floor(Date.now() / 1000) + 3600}:lab`;
const credential = createHmac("sha1", secret).update(username).digest("base64");
const iceServers = [
  { urls: urls.filter((url) => url.startsWith("stun:")) },
  { urls: urls.filter((url) => !url.startsWith("stun:")), username, credential },
];

const http = createServer(pages());
initSocketServer(new Server(http, { serveClient: false }), { iceServers, logLevel: "error" });
http.listen(Number(port), address, () => console.log("listening"));
