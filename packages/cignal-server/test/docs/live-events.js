import { createServer } from "node:http";
import { initSocketServer } from "cignal-server";
import { rabbitMQPublisher } from "cignal-server/rabbitmq";
import { webhookPublisher } from "cignal-server/webhook";
import { Server } from "socket.io";

const { RABBITMQ_URL, WEBHOOK_URL, WEBHOOK_SECRET } = process.env;

const server = createServer();
const cignal = initSocketServer(new Server(server), {
  liveEvents: {
    to: [
      rabbitMQPublisher({ connection: RABBITMQ_URL }),
      webhookPublisher({ url: WEBHOOK_URL, secret: WEBHOOK_SECRET }),
      async (event) => {
        if (event.event === "room.join") console.log(`${event.roomSize} in ${event.roomId}`);
      },
    ],
  },
});
server.listen(process.env.PORT ?? 8080);

process.once("SIGTERM", async () => {
  await cignal.close();
  server.close();
});
