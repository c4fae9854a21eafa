import { startRabbitMQ } from "@cignal/services";
import { Connection } from "rabbitmq-client";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { LiveEvent } from "../src/index.js";
import { rabbitMQPublisher } from "../src/rabbitmq.js";
import { join, joinPair } from "./client.js";
import { silent, startServer } from "./server.js";

type Message = Parameters<Parameters<Connection["createConsumer"]>[1]>[0];

/** As long as a broker may need on a busy machine. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 40_000, interval: 20 });

describe("live events in RabbitMQ", { timeout: 60_000 }, () => {
  let broker: Awaited<ReturnType<typeof startRabbitMQ>>;

  beforeAll(async () => {
    broker = await startRabbitMQ();
  }, 60_000);

  afterAll(() => broker[Symbol.asyncDispose]());

  /** A consumer as another team would write it, with a durable queue of its own. */
  async function consume(queue: string, routingKey: string) {
    const connection = new Connection({ url: broker.url, retryLow: 100, retryHigh: 500 });
    connection.on("error", () => {});
    const messages: Message[] = [];
    const consumer = connection.createConsumer(
      {
        queue,
        queueOptions: { durable: true },
        exchanges: [{ exchange: "live_events", type: "topic", durable: true }],
        queueBindings: [{ exchange: "live_events", routingKey }],
      },
      async (message) => {
        messages.push(message);
      },
    );
    consumer.on("error", () => {});
    onTestFinished(() => connection.unsafeDestroy());
    await new Promise((resolve) => consumer.once("ready", resolve));
    return { messages, events: () => messages.map(({ body }): LiveEvent => body) };
  }

  const startTelling = (intervalMs = 60_000) =>
    startServer({
      maxPeers: 4,
      liveEvents: { to: rabbitMQPublisher({ connection: broker.url }), intervalMs },
    });

  it("are in the exchange live_events under their names, persistent, with what is in them", async () => {
    const all = await consume("all", "room.*");
    const leaves = await consume("leaves", "room.leave");
    const { url } = await startTelling(1_000);
    const { a } = await joinPair(url);
    await soon(() =>
      expect(all.messages.map(({ routingKey }) => routingKey)).toContain("room.live"),
    );
    await a.request("leave", {});
    await soon(() => expect(leaves.messages).toHaveLength(1));
    await soon(() => expect(all.events().some(({ event }) => event === "room.leave")).toBe(true));
    for (const message of all.messages) {
      expect(message).toMatchObject({
        exchange: "live_events",
        routingKey: message.body.event,
        messageId: message.body.eventId,
        contentType: "application/json",
        durable: true,
      });
    }
    const [first] = all.events();
    expect(first).toMatchObject({ event: "room.join", roomId: "room", roomSize: 1, peerId: "a" });
    expect(leaves.events()).toMatchObject([{ event: "room.leave", roomSize: 1, reason: "left" }]);
    const live = all
      .events()
      .find(({ event, roomSize }) => event === "room.live" && roomSize === 2);
    expect(live).toMatchObject({ sessions: [{ peerId: "a" }, { peerId: "b" }] });
  });

  it("are lost by no crash of the broker, stay in order for each room, and hold up nobody", async () => {
    const { events } = await consume("crash", "#");
    const { url, cignal } = await startTelling();
    let sent = 0;
    let slowest = 0;
    const comeAndGo = async (roomId: string) => {
      const started = performance.now();
      const { client } = await join(url, roomId, "a");
      await client.request("leave", {});
      slowest = Math.max(slowest, performance.now() - started);
      sent += 2;
    };
    const rooms = Array.from({ length: 10 }, (_, i) => `crash ${i}`);
    const round = async () => {
      for (const roomId of rooms) await comeAndGo(roomId);
    };
    await round();
    await soon(() => expect(events().length).toBeGreaterThan(0));
    const killed = broker.kill();
    for (let i = 0; i < 5; i++) await round();
    await killed;
    await round();
    expect(cignal.status().liveEvents?.["rabbitmq"]).toBeGreaterThan(19);
    const started = broker.start();
    for (let i = 0; i < 5; i++) await round();
    await started;
    await round();
    expect(slowest).toBeLessThan(1_000);
    const mine = () => {
      const seen = new Map(events().map((event) => [event.eventId, event]));
      return [...seen.values()].filter(({ roomId }) => roomId.startsWith("crash"));
    };
    await soon(() => expect(mine()).toHaveLength(sent));
    await soon(() => expect(cignal.status().liveEvents).toEqual({ rabbitmq: 0 }));
    for (const roomId of rooms) {
      const inRoom = mine().filter((event) => event.roomId === roomId);
      expect(inRoom).toEqual(inRoom.toSorted((one, other) => one.sequence - other.sequence));
      expect(inRoom.map(({ roomSize }) => roomSize)).toEqual(
        inRoom.map((_event, index) => 1 - (index % 2)),
      );
    }
  });

  it("do not keep a server from closing while the broker is away", async () => {
    const to = rabbitMQPublisher({ connection: "amqp://127.0.0.1:1" });
    const error = vi.fn();
    const { url, cignal } = await startServer({ logger: { ...silent, error }, liveEvents: { to } });
    await join(url, "r", "a");
    const started = performance.now();
    await cignal.close();
    expect(performance.now() - started).toBeLessThan(9_000);
    expect(error).toHaveBeenCalledWith(
      "live events were not published before the server was closed",
      { publisher: "rabbitmq", count: 2 },
    );
  });
});
