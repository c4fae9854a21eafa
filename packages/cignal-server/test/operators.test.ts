import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { type OperatorOptions, OptionsError, operatorListener } from "../src/index.js";
import { collectMetrics } from "../src/metrics.js";
import { join, joinPair } from "./client.js";
import { parsePrometheusText } from "./prometheus-text.js";
import { startServer } from "./server.js";

const token = "0123456789abcdef";
const bearer = { headers: { Authorization: `Bearer ${token}` } };

async function start(options: OperatorOptions = { token }) {
  const server = await startServer({
    turn: { urls: "turn:t.example", secret: "the secret of the TURN server" },
  });
  const { registry: metrics } = collectMetrics(server.cignal);
  const operate = operatorListener(server.cignal, { metrics, ...options });
  server.http.on("request", (request, response) => {
    // Socket.IO answers its own path.
    if (request.url?.startsWith("/socket.io/")) return;
    if (!operate(request, response)) response.end("the app's own page");
  });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(server.url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { ...server, ask };
}

describe("operators", () => {
  it("see whether the process lives and whether it is ready, and the app keeps its pages", async () => {
    const { cignal, ask } = await start();
    expect(await ask("/healthz")).toMatchObject({ status: 200, text: "alive\n" });
    expect(await ask("/readyz")).toMatchObject({ status: 200, text: "open\n" });
    expect(await ask("/healthz", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect((await ask("/healthz", { method: "POST" })).status).toBe(405);
    for (const path of ["/", "/healthz/", "/room", "/rooms/1"]) {
      expect((await ask(path, bearer)).text).toBe("the app's own page");
    }
    cignal.drain();
    expect(await ask("/readyz")).toMatchObject({ status: 503, text: "draining\n" });
    expect((await ask("/healthz")).status).toBe(200);
    await cignal.close();
    expect(await ask("/readyz")).toMatchObject({ status: 503, text: "closed\n" });
  });

  it("get the rooms page by page, sorted, each once though others come and go", async () => {
    const { url, cignal, ask } = await start();
    for (const roomId of ["d", "b", "a", "c d/&", "e"]) await join(url, roomId, "p");
    const page = async (query: string) => JSON.parse((await ask(`/rooms${query}`, bearer)).text);
    const ids = ({ rooms }: { rooms: { id: string }[] }) => rooms.map(({ id }) => id);
    const first = await page("?limit=3");
    expect(ids(first)).toEqual(["a", "b", "c d/&"]);
    await cignal.closeRoom("a");
    const second = await page(`?limit=3&after=${encodeURIComponent(first.next)}`);
    expect(second).toEqual({ rooms: [await cignal.rooms.get("d"), await cignal.rooms.get("e")] });
    expect(ids(await page(""))).toEqual(["b", "c d/&", "d", "e"]);
    expect(await page("?after=e")).toEqual({ rooms: [] });
    for (const limit of ["0", "1001", "x", "1.5", "-1"]) {
      expect((await ask(`/rooms?limit=${limit}`, bearer)).status).toBe(400);
    }
  });

  it("get metrics that Prometheus can read", async () => {
    const { url, ask } = await start();
    await joinPair(url);
    const { status, headers, text } = await ask("/metrics", bearer);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(parsePrometheusText(text).values.get("cignal_peers")).toBe(2);
  });

  it.each(["/metrics", "/rooms"])("need the token for %s", async (path) => {
    const { ask } = await start();
    for (const authorization of [
      "",
      "Bearer",
      "Bearer ",
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      `Bearer ${token.toUpperCase()}`,
      `Basic ${token}`,
      token,
    ]) {
      const refused = await ask(path, { headers: { Authorization: authorization } });
      expect(refused).toMatchObject({ status: 401, text: "This needs a token.\n" });
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect((await ask(path)).status).toBe(401);
    expect((await ask(`${path}?token=${token}`)).status).toBe(401);
    expect((await ask(path, bearer)).status).toBe(200);
  });

  it("have no rooms without a token, and metrics only on a port that was said to be private", async () => {
    const { ask } = await start({ token: undefined });
    for (const path of ["/metrics", "/rooms"]) {
      expect((await ask(path, bearer)).text).toBe("the app's own page");
    }
    const onPrivatePort = await start({ token: undefined, openMetrics: true });
    expect((await onPrivatePort.ask("/metrics")).status).toBe(200);
    expect((await onPrivatePort.ask("/rooms", bearer)).text).toBe("the app's own page");
  });

  it("get nothing secret", async () => {
    const { url, ask } = await start();
    const { tokenOfA, tokenOfB } = await joinPair(url);
    const all = await Promise.all(
      ["/healthz", "/readyz", "/metrics", "/rooms"].map((path) => ask(path, bearer)),
    );
    const text = all.map((each) => each.text).join();
    expect(text).toContain('"name":"Peer"');
    for (const secret of [token, tokenOfA, tokenOfB, "TURN server", "turn:t", "tokenHash"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("get an answer without details when the store does not give one", async () => {
    const { store, ask } = await start();
    vi.spyOn(store, "page").mockRejectedValue(new Error("redis://:hunter2@host is away"));
    const { status, text } = await ask("/rooms", bearer);
    expect(status).toBe(503);
    expect(text).not.toContain("hunter2");
    expect((await ask("/healthz")).status).toBe(200);
  });

  it("harm nobody with a path that is none", async () => {
    const { url, ask } = await start();
    const { port } = new URL(url);
    for (const path of ["//", "http://[", "/rooms%", "*", "/rooms?%ff&limit=%"]) {
      const socket = connectTcp(Number(port), "127.0.0.1");
      socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await once(socket.resume(), "close");
    }
    expect((await ask("/healthz")).status).toBe(200);
  });

  it.each(["short", "", "a token with spaces in it", "x".repeat(513)])(
    "must have a token that cannot be guessed: %j",
    async (wrong) => {
      const { cignal } = await startServer();
      expect(() => operatorListener(cignal, { token: wrong })).toThrow(OptionsError);
    },
  );
});
