import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { keepStatistics, MemoryStore, operatorListener, recordHistory } from "../src/index.js";
import { collectMetrics } from "../src/metrics.js";
import { openApi } from "../src/operations/openapi.js";
import { connect, join } from "./client.js";
import { startServer } from "./server.js";

const token = "0123456789abcdef";
const authorization = { Authorization: `Bearer ${token}` };

type Method = "get" | "put";
type Operations = Partial<Record<Method, { responses: Record<string, { content: object }> }>>;
const paths: Record<string, Operations> = openApi.paths;

async function start() {
  const store = new MemoryStore();
  const server = await startServer({ store });
  const { cignal } = server;
  const statistics = keepStatistics(cignal);
  onTestFinished(() => statistics.stop());
  const { registry: metrics } = collectMetrics(cignal);
  const history = recordHistory(cignal);
  const operate = operatorListener(cignal, { token, metrics, history, statistics });
  server.http.on("request", (request, response) => {
    if (request.url?.startsWith("/socket.io/") || operate(request, response)) return;
    response.writeHead(418).end();
  });
  return server;
}

/** Asks, and holds the answer against what is written of it. Returns `"get /path 200"`. */
async function ask(url: string, path: string, init: RequestInit = {}, template = path) {
  const response = await fetch(url + path.replace("{roomId}", "r"), init);
  const method = (init.method ?? "GET").toLowerCase() as Method;
  const known = paths[template.replace(/\?.*/, "")]?.[method]?.responses[response.status];
  expect(known, `${method} ${path} ${response.status}`).toBeDefined();
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  expect(known?.content).toHaveProperty([type]);
  const body = type === "application/json" ? await response.json() : await response.text();
  const content = { ...known?.content } as Record<string, { schema: object }>;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const validate = ajv.compile({ ...content[type]?.schema, components: openApi.components });
  expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
  return `${method} ${template.replace(/\?.*/, "")} ${response.status}`;
}

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 without a mistake", async () => {
    const { url } = await start();
    const document = JSON.parse(await (await fetch(`${url}/openapi.json`)).text());
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("describes each answer that operators get, and no other one", async () => {
    const { url, cignal, store } = await start();
    await join(url, "r", "a", { peerName: "Ada" });
    const { client: b } = await join(url, "r", "b", { role: "host" });
    await connect(url, { roomId: "r", peerId: "c" }).next("refused");
    await b.request("leave", {});
    const known = { headers: authorization };
    const put = (body: string) => ({ method: "PUT", body, ...known });
    const answered = [
      await ask(url, "/healthz"),
      await ask(url, "/readyz"),
      await ask(url, "/openapi.json"),
      await ask(url, "/rooms?limit=1", known),
      await ask(url, "/rooms?limit=x", known),
      await ask(url, "/rooms/unknown/history", known, "/rooms/{roomId}/history"),
      await ask(url, "/log-levels", put('{"rooms":"warn"}')),
      await ask(url, "/log-levels", put('{"rooms":1}')),
      await ask(url, "/log-levels", put(" ".repeat(20_000))),
      await ask(url, "/log-levels", { method: "PUT", body: "{}" }),
    ];
    for (const path of ["/metrics", "/stats", "/rooms", "/rooms/{roomId}/history", "/log-levels"]) {
      answered.push(await ask(url, path, known), await ask(url, path));
    }
    cignal.drain();
    vi.spyOn(store, "page").mockRejectedValue(new Error("no connection"));
    answered.push(await ask(url, "/readyz"), await ask(url, "/rooms", known));

    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
    const notAnswered = described.filter((each) => !answered.includes(each));
    // That something cannot be read is one answer of all that need the token.
    expect(notAnswered.filter((each) => !each.endsWith(" 503"))).toEqual([]);
    expect(answered).toContain("get /rooms 503");
  });

  it("has every path that is answered", async () => {
    const { url } = await start();
    for (const path of Object.keys(paths)) {
      const response = await fetch(url + path.replace("{roomId}", "r"));
      expect(response.status, path).not.toBe(418);
    }
    expect((await fetch(`${url}/else`)).status).toBe(418);
  });
});
