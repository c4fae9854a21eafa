import { describe, expect, it, vi } from "vitest";
import { type Logger, OptionsError, operatorListener } from "../src/index.js";
import { connect, join } from "./client.js";
import { eventually } from "./eventually.js";
import { silent, startServer } from "./server.js";

const token = "0123456789abcdef";
const authorization = { Authorization: `Bearer ${token}` };

const everywhere = (level: string) => ({
  ...{ server: level, connection: level, rooms: level },
  ...{ limits: level, ice: level, events: level },
});

describe("log levels", () => {
  it("are changed for one area while the server runs, and back", async () => {
    const debug = vi.fn();
    const { url, cignal } = await startServer({ logger: { ...silent, debug }, logLevel: "info" });
    expect(cignal.logLevels.all()).toEqual(everywhere("info"));
    await join(url, "r", "a");
    await connect(url, { roomId: "" }).next("refused");
    cignal.logLevels.set({ rooms: "debug" });
    await join(url, "r", "b");
    await connect(url, { roomId: "" }).next("refused");
    cignal.logLevels.set({ rooms: "error" });
    await join(url, "s", "c");
    expect(debug.mock.calls).toEqual([["a room has changed", { roomId: "r", command: "join" }]]);
    expect(cignal.logLevels.all()).toEqual({ ...everywhere("info"), rooms: "error" });
  });

  it("hide warnings where only errors are wanted", async () => {
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await startServer({ logger, relayOnly: true, logLevel: "error" });
    expect(logger.info).not.toHaveBeenCalled();
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it("leave everything to a logger of the app's own unless they are set", async () => {
    const { cignal } = await startServer();
    expect(cignal.logLevels.all()).toEqual(everywhere("debug"));
  });

  it("are those of the areas that a logger with children tells in each line", async () => {
    const lines: unknown[] = [];
    const loggerOf = (bound: object): Logger => ({
      ...silent,
      debug: (message, details) => lines.push({ message, ...bound, ...details }),
      child: loggerOf,
    });
    const { url } = await startServer({ logger: loggerOf({}) });
    await join(url, "r", "a");
    expect(lines).toEqual([
      { message: "a room has changed", area: "rooms", roomId: "r", command: "join" },
    ]);
  });

  it.each([
    '{"rooms":"loud"}',
    '{"hunter2":"debug"}',
    '{"rooms":"debug","__proto__":"debug"}',
    "[]",
    "null",
    "1",
  ])("that are wrong change nothing: %s", async (text) => {
    const { cignal } = await startServer({ logLevel: "warn" });
    expect(() => cignal.logLevels.set(JSON.parse(text))).toThrow(OptionsError);
    expect(cignal.logLevels.all()).toEqual(everywhere("warn"));
  });

  it("are read and changed by operators, with the token", async () => {
    const debug = vi.fn();
    const { url, http, cignal } = await startServer({
      logger: { ...silent, debug },
      logLevel: "info",
    });
    const operate = operatorListener(cignal, { token });
    http.on("request", (request, response) => {
      if (!request.url?.startsWith("/socket.io/")) operate(request, response);
    });
    const ask = async (init: RequestInit) => {
      const response = await fetch(`${url}/log-levels`, init);
      return { status: response.status, text: await response.text() };
    };
    const put = (body: string) => ask({ method: "PUT", body, headers: authorization });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ method: "PUT", body: '{"rooms":"debug"}' })).status).toBe(401);
    expect(cignal.logLevels.all()).toEqual(everywhere("info"));
    expect(JSON.parse((await ask({ headers: authorization })).text)).toEqual(everywhere("info"));

    const changed = await put('{"rooms":"debug"}');
    expect(changed.status).toBe(200);
    expect(JSON.parse(changed.text)).toEqual({ ...everywhere("info"), rooms: "debug" });
    await join(url, "r", "a");
    await eventually(() => expect(debug).toHaveBeenCalled());

    for (const body of ["", "{", "null", '{"rooms":"hunter2"}', '{"hunter2":"debug"}']) {
      const refused = await put(body);
      expect(refused.status, body).toBe(400);
      expect(refused.text).toMatch(/^log levels: expected /);
      expect(refused.text).not.toContain("hunter2");
    }
    expect((await put(" ".repeat(20_000))).status).toBe(413);
    expect((await ask({ method: "POST", headers: authorization })).status).toBe(405);
  });
});
