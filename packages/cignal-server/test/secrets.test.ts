import createDebug from "debug";
import { afterEach, expect, it, vi } from "vitest";
import { connect, join, joinPair } from "./client.js";
import { startServer } from "./server.js";

afterEach(() => {
  createDebug.disable();
});

it("DEFECTS 10: nothing secret is logged, with everything on", async () => {
  const lines: string[] = [];
  const write = (...args: unknown[]) =>
    lines.push(args.map((arg) => JSON.stringify(arg)).join(" "));
  createDebug.enable("cignal-server:*");
  vi.spyOn(createDebug, "log").mockImplementation(write);
  const logger = { debug: write, info: write, warn: write, error: write };

  const secrets = [
    "hunter2",
    "v=0 the-sdp",
    "candidate:1 1 udp",
    "the-data",
    "hook-secret",
    "header-secret",
  ];
  const [credential, sdp, candidate, data] = secrets;
  const { url, cignal } = await startServer({
    logger,
    iceServers: [{ urls: "turn:t.example", username: "u", credential: "hunter2" }],
    authenticate: ({ peerId }) => {
      if (peerId === "stranger") throw new Error("hook-secret");
      return true;
    },
  });
  cignal.on("peerLeft", () => {
    throw new Error("a listener's");
  });
  const { client: a, welcome } = await join(url, "r", "a", { peerName: "Ann" });
  const { client: b } = await join(url, "r", "b");
  secrets.push(welcome.resumeToken);

  const connection = "c1";
  const description = { type: "offer", sdp };
  await a.request("signal", { to: "b", message: { type: "description", connection, description } });
  const candidates = [{ candidate }];
  await a.request("signal", { to: "b", message: { type: "candidates", connection, candidates } });
  await a.request("inform", { data });
  await a.request("set-ice-servers", {
    iceServers: [{ urls: "turn:t.example", username: "u", credential }],
  });
  await a.request("set-ice-servers", { iceServers: [{ urls: "http://hunter2", credential }] });
  await a.request("hunter2", { data });
  await a.request("signal", { to: "the-data", message: { type: "candidates", candidates } });
  await connect(url, { roomId: "r", peerId: "stranger" }).next("refused");
  await connect(url, { roomId: "r", peerId: "a", resumeToken: "guess-hunter2" }).next("refused");
  await connect(url, { roomId: "r" }, { extraHeaders: { cookie: "header-secret" } }).next(
    "refused",
  );
  const again = await join(url, "r", "a", { resumeToken: welcome.resumeToken });
  await a.closed();
  await b.request("leave", {});
  await again.client.request("leave", {});
  await cignal.close();

  const text = lines.join("\n");
  for (const expected of ["started", "refused", "a listener's", "description", "closed"]) {
    expect(text).toContain(expected);
  }
  for (const secret of secrets) expect(text).not.toContain(secret);
});

it("a quiet server logs its start and its end, and nothing of calls", async () => {
  const info = vi.fn();
  const { url, cignal } = await startServer({ logger: { info, warn: info, error: info } });
  const { a } = await joinPair(url);
  await connect(url, {}).next("refused");
  await a.request("leave", {});
  await cignal.close();
  expect(info.mock.calls.map(([message]) => message)).toEqual([
    "cignal server started",
    "cignal server closed",
  ]);
});
