import { expect, it } from "vitest";
import { join, joinPair, type TestClient } from "./client.js";
import { envelope, inform } from "./envelopes.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

/** The TCP socket below, which Socket.IO's client does not show. */
function tcpOf({ socket }: TestClient): { pause(): void; resume(): void } {
  return Reflect.get(Reflect.get(socket.io.engine.transport, "ws"), "_socket");
}

const page = "x".repeat(60_000);

it("M6: who takes nothing of what it is sent is closed before the server's memory is full, and may come back", async () => {
  const any = { messagesPerSecond: 100_000, burst: 100_000 };
  const { url, cignal } = await startServer({ limits: { ...any, perRoom: any } });
  const { a, b, tokenOfB } = await joinPair(url);
  const { a: bystander, b: other } = await joinPair(url, "elsewhere");
  const before = process.memoryUsage().rss;
  tcpOf(b).pause();

  const said: Promise<unknown>[] = [];
  for (let i = 0; i < 4_000; i++) {
    said.push(a.request("signal", inform("b", page)));
    // Whoever only says something is not there for that.
    b.send("beat", {});
    if (i % 200 === 0) await Promise.all(said.splice(0));
  }
  await Promise.all(said);

  await eventually(async () => {
    const room = await cignal.rooms.get("room");
    expect(room?.peers.map(({ connected }) => connected)).toEqual([true, false]);
  });
  // Of the 240 MB that were said.
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  expect(await a.heard()).toEqual([]);
  bystander.send("signal", { to: "b", envelope: envelope() });
  expect(await other.next("signal")).toEqual({ from: "a", envelope: envelope() });
  const { welcome } = await join(url, "room", "b", { resumeToken: tokenOfB });
  expect(welcome.resumed).toBe(true);
});
