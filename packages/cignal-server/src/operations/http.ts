import type { IncomingMessage, ServerResponse } from "node:http";
import type { CignalServer } from "../cignal-server.js";
import type { Dashboard } from "../dashboard.js";
import { OptionsError } from "../options.js";
import { type Answer, json, readBody, sentence } from "./answers.js";
import { bearsToken, isOperatorToken } from "./bearer.js";
import { changeLogLevels } from "./change-log-levels.js";
import { openApi } from "./openapi.js";
import type { RoomHistory } from "./room-history.js";
import { findPath } from "./routes.js";
import type { Statistics } from "./statistics.js";

/** Where metrics come from: a `Registry` of `prom-client`, or anything of that shape. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface OperatorOptions {
  /**
   * What `Authorization: Bearer …` must bring for `/metrics` and `/rooms`: 16 to 512 characters without spaces. Default:
   * none, and neither of the two exists.
   */
  token?: string | undefined;
  /** What `/metrics` answers. Default: it does not exist. */
  metrics?: MetricsSource | undefined;
  /** Whether `/metrics` needs no token, for a port that only Prometheus can reach. Default `false`. */
  openMetrics?: boolean | undefined;
  /** What `/rooms/{roomId}/history` answers, made by `recordHistory`. Default: it does not exist. */
  history?: RoomHistory | undefined;
  /** What `/stats` answers, made by `keepStatistics`. Default: it does not exist. */
  statistics?: Statistics | undefined;
  /** The page at `/dashboard`, made by `loadDashboard`; it also needs `statistics`. Default: it does not exist. */
  dashboard?: Dashboard | undefined;
}

/** @returns whether it was a request of an operator; then it is answered, now or in a moment */
export type OperatorListener = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Page {
  readonly guarded: boolean;
  /** `parameter` is what the path has in place of its braces. */
  answer(query: URLSearchParams, parameter: string): Answer | Promise<Answer>;
  /** What PUT does, if it can be put. */
  put?(body: string): Answer;
}

/** Nothing from elsewhere, nothing inline, and in nobody's frame. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/**
 * Answers those who run the server: `/healthz`, `/readyz`, `/metrics` and `/rooms`. For a Node server that has more to
 * serve: what is none of these is left alone.
 *
 * @throws OptionsError if the token is too short or too long
 */
export function operatorListener(
  cignal: CignalServer,
  options: OperatorOptions = {},
): OperatorListener {
  const { token } = options;
  if (token !== undefined && !isOperatorToken(token)) {
    throw new OptionsError("token: expected 16 to 512 characters without spaces", "token");
  }
  const pages = pagesOf(cignal, options);

  async function answer(
    request: IncomingMessage,
    page: Page,
    query: URLSearchParams,
    parameter: string,
  ): Promise<Answer> {
    const { method = "", headers } = request;
    const mayEnter = token !== undefined && bearsToken(headers.authorization, token);
    if (page.guarded && !mayEnter) {
      return sentence(401, "This needs a token.", { "WWW-Authenticate": "Bearer" });
    }
    const { put } = page;
    if (method !== "GET" && method !== "HEAD" && !(method === "PUT" && put)) {
      const allowed = put ? "GET, HEAD, PUT" : "GET, HEAD";
      return sentence(405, `Only ${allowed} are answered.`, { Allow: allowed });
    }
    try {
      if (method === "PUT" && put) {
        const body = await readBody(request);
        return body === undefined ? sentence(413, "That is too much.") : put(body);
      }
      return await page.answer(query, parameter);
    } catch {
      // What was thrown may hold anything.
      return sentence(503, "What is asked for cannot be read now.");
    }
  }

  return (request, response) => {
    const [path = "", query] = (request.url ?? "").split("?");
    const found = findPath(pages, path);
    if (!found) return false;
    const { value: page, parameter } = found;
    void answer(request, page, new URLSearchParams(query), parameter).then(
      ({ status, type, body, headers }) => {
        const fixed = { "Content-Type": type, "Cache-Control": "no-store" };
        response.writeHead(status, { ...fixed, ...headers }).end(body);
      },
    );
    return true;
  };
}

function pagesOf(
  cignal: CignalServer,
  {
    token,
    metrics,
    openMetrics = false,
    history,
    statistics,
    dashboard = new Map(),
  }: OperatorOptions,
): Map<string, Page> {
  const pages = new Map<string, Page>();
  pages.set("/healthz", { guarded: false, answer: () => sentence(200, "alive") });
  pages.set("/readyz", {
    guarded: false,
    answer: () => {
      const { state } = cignal.status();
      return sentence(state === "open" ? 200 : 503, state);
    },
  });
  if (metrics && (token !== undefined || openMetrics)) {
    pages.set("/metrics", {
      guarded: !openMetrics,
      answer: async () => ({
        status: 200,
        type: metrics.contentType,
        body: await metrics.metrics(),
      }),
    });
  }
  if (token !== undefined) {
    pages.set("/rooms", {
      guarded: true,
      answer: (query) => pageOfRooms(cignal, query),
    });
  }
  if (token !== undefined) {
    pages.set("/openapi.json", { guarded: false, answer: () => json(openApi) });
    pages.set("/log-levels", {
      guarded: true,
      answer: () => json(cignal.logLevels.all()),
      put: (body) => changeLogLevels(cignal.logLevels, body),
    });
  }
  if (token !== undefined && statistics) {
    for (const [path, { type, body }] of dashboard) {
      pages.set(path, {
        guarded: false,
        answer: () => ({ status: 200, type, body, headers: PAGE_HEADERS }),
      });
    }
    pages.set("/stats", { guarded: true, answer: async () => json(await statistics.report()) });
  }
  if (token !== undefined && history) {
    pages.set("/rooms/{roomId}/history", {
      guarded: true,
      answer: async (_query, roomId) => {
        const entries = await history.of(roomId);
        return entries
          ? json({ roomId, entries })
          : sentence(404, "Nothing is known of this room.");
      },
    });
  }
  return pages;
}

async function pageOfRooms(cignal: CignalServer, query: URLSearchParams): Promise<Answer> {
  const after = query.get("after") ?? undefined;
  const limit = query.has("limit") ? Number(query.get("limit")) : undefined;
  try {
    const page = await cignal.rooms.page({ after, limit });
    return { status: 200, type: "application/json", body: JSON.stringify(page) };
  } catch (error) {
    if (error instanceof RangeError) return sentence(400, error.message);
    throw error;
  }
}
