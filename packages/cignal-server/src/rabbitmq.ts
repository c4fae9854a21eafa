import { Connection, type ConnectionOptions } from "rabbitmq-client";
import { inTime } from "./access/in-time.js";
import type { Publisher } from "./events/live-event.js";

export interface RabbitMQOptions {
  /** Where the broker is: `amqp://user:password@host:5672/vhost`, `amqps:` with TLS. Or what rabbitmq-client takes. */
  connection: string | ConnectionOptions;
  /** The topic exchange, which is made if it is not there. Default `"live_events"`. */
  exchange?: string | undefined;
  /** As metrics and log call it. Default `"rabbitmq"`. */
  name?: string | undefined;
}

/** How long taking leave of the broker may take, in milliseconds. */
const LEAVE_MS = 1_000;

/** How soon the broker is tried again, at first and at most, and how long a channel may take, in milliseconds. */
const TIMES = { retryLow: 100, retryHigh: 5_000, acquireTimeout: 8_000 };

/**
 * Sends live events to a durable topic exchange of RabbitMQ (AMQP 0-9-1), with their name as routing key. They are
 * persistent, and an event counts as published when the broker has confirmed it.
 *
 * @throws Error if the address of the broker is none
 */
export function rabbitMQPublisher({
  connection: where,
  exchange = "live_events",
  name = "rabbitmq",
}: RabbitMQOptions): Publisher {
  const given = typeof where === "string" ? { url: where } : where;
  const connection = new Connection({ connectionName: "cignal-server", ...TIMES, ...given });
  // Each failed attempt to publish tells of it.
  connection.on("error", () => {});
  const publisher = connection.createPublisher({
    confirm: true,
    exchanges: [{ exchange, type: "topic", durable: true }],
  });
  return {
    name,
    publish(event) {
      const envelope = {
        exchange,
        routingKey: event.event,
        durable: true,
        messageId: event.eventId,
        type: event.event,
        timestamp: Math.floor(event.time / 1_000),
        appId: "cignal-server",
        contentType: "application/json",
      };
      return publisher.send(envelope, event);
    },
    async close() {
      try {
        // Without a broker there is nobody to take leave of.
        if (connection.ready) await inTime(() => publisher.close(), LEAVE_MS);
      } finally {
        // It would look for its broker for ever.
        connection.unsafeDestroy();
      }
    },
  };
}
