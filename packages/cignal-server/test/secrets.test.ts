import createDebug from "debug";
import { afterEach, expect, it, vi } from "vitest";
import { connect, join, joinPair } from "./client.js";
import { envelope } from "./envelopes.js";
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
    "turn-secret",
    "access-token",
  ];
  const [credential, sdp, candidate, data] = secrets;
  const { url, cignal } = await startServer({
    logger,
    iceServers: ({ id }) => {
      if (id === "b") throw new Error("no servers for b");
      return [{ urls: "turn:t.example", username: "u", credential: "hunter2" }];
    },
    turn: { urls: "turn:t.example", secret: "turn-secret" },
    authenticate: ({ peerId }) => {
      if (peerId === "stranger") throw new Error("hook-secret");
      if (peerId === "liar") return { role: ["hook-secret"] } as never;
      return true;
    },
  });
  cignal.on("peerLeft", () => {
    throw new Error("a listener's");
  });
  const { client: a, welcome } = await join(url, "r", "a", { token: "access-token" });
  const { client: b } = await join(url, "r", "b");
  secrets.push(welcome.resumeToken, String(welcome.iceServers.at(-1)?.credential));

  const connection = "c1";
  const description = { type: "offer", sdp };
  const say = (message: object) => a.request("signal", { to: "b", envelope: envelope(message) });
  await say({ type: "description", connection, description });
  await say({ type: "candidates", connection, candidates: [{ candidate }] });
  await say({ type: "information", data });
  await a.request("set-ice-servers", {
    iceServers: [{ urls: "turn:t.example", username: "u", credential }],
  });
  await a.request("set-ice-servers", { iceServers: [{ urls: "http://hunter2", credential }] });
  await a.request("hunter2", { data });
  await a.request("signal", { to: "the-data", envelope: envelope({ type: "bye" }) });
  for (const peerId of ["stranger", "liar"]) {
    await connect(url, { roomId: "r", peerId, token: "access-token" }).next("refused");
  }
  await connect(url, { roomId: "r", peerId: "c", token: "access-token\n" }).next("refused");
  await connect(url, { roomId: "r", peerId: "a", resumeToken: "guess-hunter2" }).next("refused");
  await connect(url, { roomId: "r" }, { extraHeaders: { cookie: "header-secret" } }).next(
    "refused",
  );
  const again = await join(url, "r", "a", {
    resumeToken: welcome.resumeToken,
    token: "access-token",
  });
  secrets.push(again.welcome.resumeToken);
  await a.closed();
  await b.request("leave", {});
  await again.client.request("leave", {});
  await cignal.close();

  const text = lines.join("\n");
  const shown = [
    "started",
    "refused",
    "authenticate threw",
    "returned no identity",
    "a listener's",
    "no servers for b",
    "description",
    "closed",
  ];
  for (const expected of shown) expect(text).toContain(expected);
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

it("C4: the TURN secret never leaves the server, whatever it says and to whom", async () => {
  const secret = "the-turn-secret";
  const { url, cignal } = await startServer({ turn: { urls: "turn:t.example", secret } });
  const told: unknown[] = [];
  for (const name of ["peerJoined", "peerLeft", "roomOpened", "roomClosed"] as const) {
    cignal.on(name, (payload) => told.push(payload));
  }
  const { a, b } = await joinPair(url);
  const { welcome } = await join(url, "another", "a");
  await cignal.setICEServers([]);
  told.push(welcome, await a.next("ice-servers"), await cignal.rooms.all());
  await b.request("leave", {});
  told.push(a.inbox, b.inbox, connect(url, {}).next("refused"));
  const text = JSON.stringify(await Promise.all(told));
  expect(text).toContain("turn:t.example");
  expect(text).not.toContain(secret);
});
