import { Connection } from "rabbitmq-client";

const connection = new Connection(process.env.RABBITMQ_URL);
const seen = new Set();

connection.createConsumer(
  {
    queue: "call-statistics",
    queueOptions: { durable: true },
    exchanges: [{ exchange: "live_events", type: "topic", durable: true }],
    queueBindings: [{ exchange: "live_events", routingKey: "room.*" }],
  },
  async ({ routingKey, body }) => {
    if (seen.has(body.eventId)) return;
    seen.add(body.eventId);
    console.log(routingKey, body.roomId, body.roomSize);
  },
);
