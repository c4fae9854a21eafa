import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { expect, it, onTestFinished } from "vitest";
import { type LiveEvent, OptionsError } from "../src/index.js";
import { collectMetrics } from "../src/metrics.js";
import { webhookPublisher } from "../src/webhook.js";
import { join } from "./client.js";
import { eventually } from "./eventually.js";
import { parsePrometheusText } from "./prometheus-text.js";
import { startServer } from "./server.js";

const secret = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;

/** Verifies what it gets, as a consumer does, and answers as it is told to. */
async function startReceiver(answer: (event: LiveEvent, attempt: number) => number) {
  const taken: LiveEvent[] = [];
  const attempts = new Map<string, number>();
  const wrong: unknown[] = [];
  const verify = async (request: IncomingMessage) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    return new Webhook(secret).verify(await text(request), headers) as LiveEvent;
  };
  const http = createServer(async (request, response) => {
    try {
      const event = await verify(request);
      expect(request.headers["webhook-id"]).toBe(event.eventId);
      expect(request.headers["content-type"]).toBe("application/json");
      const attempt = (attempts.get(event.eventId) ?? 0) + 1;
      attempts.set(event.eventId, attempt);
      const status = answer(event, attempt);
      if (status < 300) taken.push(event);
      response.writeHead(status, { location: "/elsewhere" }).end("thank you");
    } catch (error) {
      wrong.push(error);
      response.writeHead(401).end();
    }
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, taken, attempts, wrong };
}

/** A server that tells the receiver, and a count of what became of it. */
async function tell(receiver: { url: string }) {
  const to = webhookPublisher({ url: receiver.url, secret });
  const server = await startServer({ liveEvents: { to } });
  const { registry } = collectMetrics(server.cignal);
  const count = async (result: string) => {
    const { values } = parsePrometheusText(await registry.metrics());
    return values.get(`cignal_live_events_total{publisher="webhook",result="${result}"}`);
  };
  return { ...server, count };
}

it("gets each event signed, with the same id at each attempt, and in order for each room", async () => {
  const [errors, attemptsEach] = [[500, 408, 425, 429, 302], 2];
  let requests = 0;
  const receiver = await startReceiver((_event, attempt) =>
    attempt < attemptsEach && requests++ < errors.length ? (errors[requests - 1] ?? 500) : 204,
  );
  const { url, count } = await tell(receiver);
  for (const roomId of ["r", "s"]) {
    for (let i = 0; i < 4; i++) {
      const { client } = await join(url, roomId, "a");
      await client.request("leave", {});
    }
  }
  await eventually(() => expect(receiver.taken).toHaveLength(16));
  expect(receiver.wrong).toEqual([]);
  for (const roomId of ["r", "s"]) {
    const inRoom = receiver.taken.filter((event) => event.roomId === roomId);
    expect(inRoom).toEqual(inRoom.toSorted((one, other) => one.sequence - other.sequence));
    expect(inRoom.map(({ roomSize }) => roomSize)).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  }
  await eventually(async () => expect(await count("published")).toBe(16));
  expect(await count("failed")).toBe(5);
  expect(await count("refused")).toBe(0);
});

it("may refuse an event, which is then counted and not sent again", async () => {
  const receiver = await startReceiver(({ event }) => (event === "room.join" ? 400 : 200));
  const { url, count } = await tell(receiver);
  const { client } = await join(url, "r", "a");
  await client.request("leave", {});
  await eventually(() => expect(receiver.taken).toHaveLength(1));
  expect([...receiver.attempts.values()]).toEqual([1, 1]);
  await eventually(async () => expect(await count("published")).toBe(1));
  expect(await count("refused")).toBe(1);
});

it("notices who has another secret", async () => {
  const receiver = await startReceiver(() => 200);
  const other = `whsec_${Buffer.alloc(32).toString("base64")}`;
  const to = webhookPublisher({ url: receiver.url, secret: other });
  const { url } = await startServer({ liveEvents: { to } });
  await join(url, "r", "a");
  await eventually(() => expect(receiver.wrong).toHaveLength(1));
  expect(receiver.taken).toEqual([]);
});

it.each([
  [{ url: "file:///etc/passwd", secret }, "url"],
  [{ url: "nowhere", secret }, "url"],
  [{ url: "https://example.org", secret: "short" }, "secret"],
  [{ url: "https://example.org", secret: `whsec_${"A".repeat(8)}` }, "secret"],
  [{ url: "https://example.org" }, "secret"],
  [{ url: "https://example.org", secret, retries: 3 }, "retries"],
])("has wrong options named, and no secret told: %j", (options, field) => {
  const make = () => webhookPublisher(options as Parameters<typeof webhookPublisher>[0]);
  expect(make).toThrow(OptionsError);
  expect(make).toThrow(expect.objectContaining({ field }));
  expect(make).not.toThrow(/AAAA/);
});
