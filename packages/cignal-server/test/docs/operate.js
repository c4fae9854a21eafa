import { createServer } from "node:http";
import { initSocketServer, operatorListener } from "cignal-server";
import { collectMetrics } from "cignal-server/metrics";
import { Server } from "socket.io";

const server = createServer();
const cignal = initSocketServer(new Server(server));

const { registry } = collectMetrics(cignal);
const operate = operatorListener(cignal, { token: process.env.OPERATOR_TOKEN, metrics: registry });
server.on("request", (request, response) => {
  if (request.url.startsWith("/socket.io/") || operate(request, response)) return;
  response.end("the pages of your app");
});
server.listen(process.env.PORT ?? 8080);
