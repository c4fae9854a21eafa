import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.use(express.static("dist"));

const server = createServer(app);
initSocketServer(new Server(server));
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`http://localhost:${server.address().port}`);
});
