import { clientMessages, type LeaveReason, SERVER_ERROR_CODES } from "@cignal/protocol";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { CignalServer } from "../cignal-server.js";
import { LIVE_EVENT_RESULTS } from "../events/live-event.js";
import type { HandshakeResult } from "../events/server-events.js";

export interface MetricsOptions {
  /** Where the metrics are kept. Default: a registry of their own. */
  registry?: Registry | undefined;
  /** Whether to add those of the process: CPU, memory, event loop. Default: only to a registry of their own. */
  processMetrics?: boolean | undefined;
}

/** The metrics of a server. */
export interface Metrics {
  /** Has their text, `await registry.metrics()`, and what it is to be served as, `registry.contentType`. */
  readonly registry: Registry;
  /** Takes those of Cignal out of the registry and counts no more. */
  stop(): void;
}

const RESULTS: readonly HandshakeResult[] = [
  "joined",
  "resumed",
  "waiting",
  "watching",
  "checked",
  "refused",
];
const REASONS: readonly LeaveReason[] = ["left", "timeout", "removed"];

/** In seconds. Joining takes a few milliseconds, unless a hook or a store is slow. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts for Prometheus what a server does on this node. No label names a room or a person, so each has few values.
 *
 * @throws Error if the registry has metrics of these names already
 */
export function collectMetrics(
  cignal: CignalServer,
  { registry, processMetrics = registry === undefined }: MetricsOptions = {},
): Metrics {
  const own = registry ?? new Registry();
  const registers = [own];
  const names: string[] = [];

  function named(name: string, help: string) {
    names.push(name);
    return { name, help, registers };
  }

  function counter(name: string, help: string, label: string, values: readonly string[]) {
    const made = new Counter({ ...named(name, help), labelNames: [label] });
    // Each from the start: a rate needs a value before the first one.
    for (const value of values) made.inc({ [label]: value }, 0);
    return (value: string) => made.inc({ [label]: value });
  }

  function gauge(name: string, help: string, read: () => number | Promise<number>) {
    new Gauge({
      ...named(name, help),
      async collect() {
        try {
          this.set(await read());
        } catch {
          // Without a store for a while, there is all the rest to be told.
          this.set(Number.NaN);
        }
      },
    });
  }

  gauge("cignal_rooms", "Rooms in the store; nodes that share one tell the same number.", () =>
    cignal.rooms.count(),
  );
  gauge("cignal_peers", "Members who are connected to this node.", () => cignal.status().peers);
  gauge(
    "cignal_connections",
    "Sockets that are connected to this node.",
    () => cignal.status().connections,
  );
  const joins = counter("cignal_joins_total", "Handshakes by their result.", "result", RESULTS);
  const leaves = counter("cignal_leaves_total", "Memberships that ended.", "reason", REASONS);
  const types = Object.keys(clientMessages);
  const messages = counter("cignal_messages_total", "Messages of members.", "type", types);
  const errors = counter(
    "cignal_errors_total",
    "Handshakes and messages that were refused.",
    "code",
    SERVER_ERROR_CODES,
  );
  const joinDuration = new Histogram({
    ...named("cignal_join_duration_seconds", "Time from a handshake to its welcome."),
    buckets: BUCKETS,
  });

  const waiting = cignal.status().liveEvents;
  if (waiting) {
    new Gauge({
      ...named("cignal_live_events_buffered", "Live events that wait for a publisher."),
      labelNames: ["publisher"],
      collect() {
        const { liveEvents = {} } = cignal.status();
        for (const [publisher, count] of Object.entries(liveEvents)) this.set({ publisher }, count);
      },
    });
  }
  const liveEvents =
    waiting &&
    new Counter({
      ...named("cignal_live_events_total", "Live events by what became of them, failed attempts."),
      labelNames: ["publisher", "result"],
    });
  for (const publisher of Object.keys(waiting ?? {})) {
    for (const result of LIVE_EVENT_RESULTS) liveEvents?.inc({ publisher, result }, 0);
  }

  const undos = [
    cignal.on("handshakeAnswered", ({ result, durationMs }) => {
      joins(result);
      if (result === "joined" || result === "resumed") joinDuration.observe(durationMs / 1_000);
    }),
    cignal.on("peerLeft", ({ reason }) => leaves(reason)),
    cignal.on("messageReceived", ({ type }) => messages(type)),
    cignal.on("messageRefused", ({ code }) => errors(code)),
    cignal.on("peerRefused", ({ code }) => errors(code)),
    cignal.on("liveEventSettled", (labels) => liveEvents?.inc(labels)),
  ];
  if (processMetrics) collectDefaultMetrics({ register: own });

  return {
    registry: own,
    stop() {
      for (const undo of undos) undo();
      for (const name of names) own.removeSingleMetric(name);
    },
  };
}
