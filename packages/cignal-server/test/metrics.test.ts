import { Counter, Histogram, Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { collectMetrics } from "../src/metrics.js";
import { MemoryStore } from "../src/rooms/memory-store.js";
import { connect, join, joinPair } from "./client.js";
import { inform } from "./envelopes.js";
import { eventually } from "./eventually.js";
import { parsePrometheusText } from "./prometheus-text.js";
import { silent, startServer } from "./server.js";

const scrape = async (registry: Registry) => parsePrometheusText(await registry.metrics());

describe("metrics", () => {
  it("count what has happened, in a scrape that Prometheus can read", async () => {
    const { url, cignal } = await startServer();
    const { registry } = collectMetrics(cignal);
    const { a, b } = await joinPair(url);
    expect((await connect(url, { roomId: "room", peerId: "c" }).next("refused")).code).toBe(
      "room-full",
    );
    await connect(url, { roomId: "x", peerId: "y", check: true }).next("checked");
    await a.request("signal", inform("b", "hello"));
    await a.request("signal", inform("nobody", "hello"));
    await a.request("no such type", {});
    await b.request("beat", {});

    const { values, types } = await scrape(registry);
    expect(Object.fromEntries([...values].filter(([, value]) => value > 0))).toMatchObject({
      cignal_rooms: 1,
      cignal_peers: 2,
      'cignal_joins_total{result="joined"}': 2,
      'cignal_joins_total{result="refused"}': 1,
      'cignal_joins_total{result="checked"}': 1,
      'cignal_messages_total{type="signal"}': 2,
      'cignal_messages_total{type="beat"}': 1,
      'cignal_errors_total{code="room-full"}': 1,
      'cignal_errors_total{code="no-such-peer"}': 1,
      'cignal_errors_total{code="unknown-message"}': 1,
      cignal_join_duration_seconds_count: 2,
    });
    expect(types.get("cignal_join_duration_seconds")).toBe("histogram");
    expect(types.get("process_cpu_seconds_total")).toBe("counter");
    expect(values.get("cignal_connections")).toBeGreaterThanOrEqual(2);
    const seconds = values.get("cignal_join_duration_seconds_sum") ?? 0;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);

    await b.request("leave", {});
    a.disconnect();
    await eventually(async () => {
      expect((await scrape(registry)).values.get("cignal_rooms")).toBe(0);
    });
    const after = (await scrape(registry)).values;
    expect(after.get('cignal_leaves_total{reason="left"}')).toBe(2);
    expect(after.get('cignal_leaves_total{reason="timeout"}')).toBe(0);
    expect(after.get("cignal_peers")).toBe(0);
  });

  it("count a resume as such", async () => {
    const { url, cignal } = await startServer();
    const { registry } = collectMetrics(cignal);
    const { client, welcome } = await join(url, "r", "a");
    client.drop();
    await join(url, "r", "a", { resumeToken: welcome.resumeToken });
    const { values } = await scrape(registry);
    expect(values.get('cignal_joins_total{result="resumed"}')).toBe(1);
    expect(values.get('cignal_joins_total{result="joined"}')).toBe(1);
  });

  it("have no label that a client can make up, and no more series the more people come", async () => {
    const { url, cignal } = await startServer();
    const { registry } = collectMetrics(cignal);
    const series = async () => {
      const { values } = await scrape(registry);
      return [...values.keys()].filter((each) => each.startsWith("cignal_"));
    };
    const before = await series();
    for (let i = 0; i < 20; i++) {
      const { client } = await join(url, `room ${i}`, `peer ${i}`, { role: `role ${i}` });
      await client.request(`type ${i}`, {});
      await connect(url, { roomId: i }).next("refused");
    }
    expect(before.length).toBeGreaterThan(30);
    expect(await series()).toEqual(before);
    expect(await registry.metrics()).not.toMatch(/room \d|peer \d|role \d|type \d/);
  });

  it("go to the app's own registry, without those of the process, until they are stopped", async () => {
    const { cignal } = await startServer();
    const registry = new Registry();
    new Counter({ name: "own_total", help: "The app's.", registers: [registry] });
    const { stop } = collectMetrics(cignal, { registry });
    const names = () => registry.getMetricsAsArray().map(({ name }) => name);
    expect(names()).toContain("cignal_rooms");
    expect(names()).not.toContain("process_cpu_seconds_total");
    expect(() => collectMetrics(cignal, { registry })).toThrow("already been registered");
    stop();
    expect(names()).toEqual(["own_total"]);
    collectMetrics(cignal, { registry });
  });

  it("that throw are logged, and no call notices", async () => {
    const error = vi.fn();
    const { url, cignal } = await startServer({ logger: { ...silent, error } });
    const { registry } = collectMetrics(cignal);
    const fail = () => {
      throw new Error("no metrics today");
    };
    for (const { name } of registry.getMetricsAsArray()) {
      // Node itself observes the others, such as how long its garbage collection takes.
      if (!name.startsWith("cignal_")) continue;
      const metric: object | undefined = registry.getSingleMetric(name);
      if (metric instanceof Counter) vi.spyOn(metric, "inc").mockImplementation(fail);
      if (metric instanceof Histogram) vi.spyOn(metric, "observe").mockImplementation(fail);
    }
    const { a, b } = await joinPair(url);
    expect(await a.request("signal", inform("b", "hello"))).toEqual({});
    expect((await b.next("signal")).from).toBe("a");
    expect(error).toHaveBeenCalledWith("a listener threw", {
      event: "messageReceived",
      error: "Error: no metrics today",
    });
  });

  it("tell the rest when the store does not answer", async () => {
    const store = new MemoryStore();
    const { url, cignal } = await startServer({ store });
    const { registry } = collectMetrics(cignal);
    await join(url, "r", "a");
    vi.spyOn(store, "count").mockRejectedValue(new Error("no connection"));
    const { values } = await scrape(registry);
    expect(values.get("cignal_rooms")).toBeNaN();
    expect(values.get("cignal_peers")).toBe(1);
  });
});
