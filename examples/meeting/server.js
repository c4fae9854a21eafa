// Serves the page and the signalling of meetings of up to eight.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { initSocketServer } from "cignal-server";
import sirv from "sirv";
import { Server } from "socket.io";

const http = createServer(sirv(fileURLToPath(new URL("dist", import.meta.url)), { etag: true }));
initSocketServer(new Server(http), { groups: true });

http.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`Open http://localhost:${http.address().port}/ in several windows.`);
});
