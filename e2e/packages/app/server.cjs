const { createServer } = require("node:http");
const { initSocketServer } = require("cignal-server");
const express = require("express");
const { Server } = require("socket.io");

const app = express();
app.use(express.static("dist"));
const server = createServer(app);
initSocketServer(new Server(server));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
