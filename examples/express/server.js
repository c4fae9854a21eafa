import { createServer } from "node:http";
import { initSocketServer } from "cignal-server"; // Cignal, line 1
import express from "express";
import { Server } from "socket.io";

const app = express();
app.get("/", (_request, response) => {
  response.send("The page that was here before");
});

const server = createServer(app);
const io = new Server(server);
io.on("connection", (socket) => socket.emit("news", "what this server said before"));

initSocketServer(io); // Cignal, line 2

server.listen(process.env.PORT ?? 8080, () => {
  process.stdout.write(`http://localhost:${server.address().port}\n`);
});
