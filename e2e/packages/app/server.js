import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.use(express.static("dist"));
const server = createServer(app);
initSocketServer(new Server(server));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
