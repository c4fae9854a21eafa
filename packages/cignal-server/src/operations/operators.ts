import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CignalServer } from "../cignal-server.js";
import { loadDashboard } from "../dashboard.js";
import type { Logger } from "../log.js";
import { isMissing } from "../optional.js";
import type { HistoryStore } from "./history-store.js";
import { type MetricsSource, type OperatorListener, operatorListener } from "./http.js";
import { recordHistory } from "./room-history.js";
import { keepStatistics } from "./statistics.js";

/** How those who run the stand-alone server reach it. */
export interface OperatorSettings {
  /** What `/metrics` and `/rooms` ask for. */
  readonly token: string | undefined;
  /** A port for operators alone; `/metrics` needs no token there. `undefined`: they share the one of the clients. */
  readonly port: number | undefined;
  /** The address that this port listens on. */
  readonly host: string;
}

export interface Operators {
  /** For the port of the clients. */
  readonly listener: OperatorListener;
  /** For operators alone, if there is one. */
  readonly server: Server | undefined;
}

/**
 * Serves operators. Resolves when their own port, if there is one, listens.
 *
 * @param history - where it is kept. Default: in memory
 */
export async function serveOperators(
  cignal: CignalServer,
  { token, port, host }: OperatorSettings,
  logger: Logger,
  history?: HistoryStore,
): Promise<Operators> {
  const behindToken = token !== undefined && {
    history: recordHistory(cignal, { store: history }),
    statistics: keepStatistics(cignal),
    dashboard: await loadDashboard(),
  };
  if (port === undefined) {
    const metrics = token === undefined ? undefined : await loadMetrics(cignal, logger);
    return {
      listener: operatorListener(cignal, { token, metrics, ...behindToken }),
      server: undefined,
    };
  }
  const metrics = await loadMetrics(cignal, logger);
  const operate = operatorListener(cignal, { token, metrics, openMetrics: true, ...behindToken });
  const server = createServer((request, response) => {
    if (!operate(request, response)) response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, "listening");
  return { listener: operatorListener(cignal), server };
}

/** Where it is reached from this machine. */
export function urlOfOperators(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

/** Without prom-client, `/metrics` answers 503. */
async function loadMetrics(cignal: CignalServer, logger: Logger): Promise<MetricsSource> {
  try {
    const { collectMetrics } = await import("./metrics.js");
    return collectMetrics(cignal).registry;
  } catch (error) {
    if (!isMissing(error)) throw error;
    const reason = "/metrics needs prom-client: npm install prom-client";
    logger.warn(reason);
    return { contentType: "text/plain", metrics: () => Promise.reject(new Error(reason)) };
  }
}
