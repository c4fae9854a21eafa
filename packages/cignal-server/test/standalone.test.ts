import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { SignJWT } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { OptionsError } from "../src/index.js";
import { readSettings, startServer } from "../src/standalone.js";
import { connect, join, joinPair } from "./client.js";
import { eventually } from "./eventually.js";
import { ended, run, runServer } from "./standalone-process.js";

const TOKEN = "the-token-of-operators";
const SECRET = "0123456789abcdef0123456789abcdef";

async function start(env: Record<string, string>) {
  const settings = readSettings({ HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "error", ...env });
  const server = await startServer(settings);
  onTestFinished(() => server.close());
  return server;
}

describe("the stand-alone server", () => {
  it("introduces two peers, and stops listening when it is closed", async () => {
    const { url, close } = await start({ ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(url)).text()).toContain("Cignal");
    await joinPair(url);
    expect((await join(url, "r", "a")).welcome.iceServers).toEqual([
      { urls: "stun:stun.example.org" },
    ]);
    await close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each([
    ["says nothing", {}, ""],
    ["does not begin with TLS", { HTTPS: "1" }, ""],
    [
      "does not answer the end of its WebSocket",
      {},
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n" +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
    ],
  ])("stops, whoever is connected and %s", async (_, env, words) => {
    const { url, server, close } = await start(env);
    const taken = once(server, "connection");
    const socket = connectTo(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    await taken;
    if (words) {
      socket.write(words);
      await once(socket, "data");
    }
    await close();
  });

  it("C4: mints TURN credentials from TURN_URLS and TURN_SECRET", async () => {
    const { url } = await start({ TURN_URLS: "turn:t.example", TURN_SECRET: "s" });
    const { iceServers } = (await join(url, "r", "a")).welcome;
    expect(iceServers.at(-1)).toMatchObject({ urls: ["turn:t.example"] });
    expect(iceServers.at(-1)?.username).toMatch(/^\d{10}:a$/);
  });

  it("names its addresses in the local network if it listens everywhere", async () => {
    const { url, urls } = await start({ HOST: "0.0.0.0" });
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    for (const each of urls) expect(each).toMatch(/^http:\/\/\d+\.\d+\.\d+\.\d+:\d+$/);
  });

  it("DEFECTS 10: makes its own certificate, new at each start", async () => {
    const one = await certificateOf((await start({ HTTPS: "1" })).url);
    const two = await certificateOf((await start({ HTTPS: "1" })).url);
    expect(one.subjectaltname).toContain("localhost");
    expect(one.subjectaltname).toContain("127.0.0.1");
    expect(one.fingerprint256).not.toBe(two.fingerprint256);
  });

  it("DEFECTS 10: says which file it cannot read", async () => {
    const env = { HTTPS: "1", HTTPS_CERT: "/nowhere/cert.pem", HTTPS_KEY: "/nowhere/key.pem" };
    const failed = await start(env).catch((error) => error);
    expect(failed).toBeInstanceOf(OptionsError);
    expect(failed.message).toMatch(/^HTTPS_\w+: cannot read the file \/nowhere\/\w+\.pem$/);
  });

  it("DEFECTS 10: says when two files are no certificate with its key", async () => {
    const file = joinPath(await mkdtemp(joinPath(tmpdir(), "cignal-")), "hunter2.pem");
    await writeFile(file, "-----BEGIN hunter2");
    const failed = await start({ HTTPS: "1", HTTPS_CERT: file, HTTPS_KEY: file }).catch((e) => e);
    expect(failed).toBeInstanceOf(OptionsError);
    expect(failed.message).toBe(
      "HTTPS_CERT, HTTPS_KEY: the two files are no certificate with its key, as PEM",
    );
  });

  it("DEFECTS 23: lets in who has a token of JWT_SECRET for the room, and nobody else", async () => {
    const keys = { JWT_SECRET: SECRET, TURN_URLS: "turn:t.example", TURN_SECRET: "hunter2" };
    const { url } = await start({ ...keys, JWT_AUDIENCE: "calls", OPERATOR_TOKEN: TOKEN });
    const token = (audience: string) =>
      new SignJWT({ room: "r", name: "Ada" })
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(audience)
        .setExpirationTime("1 minute")
        .sign(Buffer.from(SECRET));
    const { welcome } = await join(url, "r", "a", { token: await token("calls") });
    expect(welcome.you.name).toBe("Ada");
    const refused = async (hello: Record<string, unknown>) =>
      (await connect(url, { roomId: "r", peerId: "b", ...hello }).next("refused")).code;
    expect(await refused({})).toBe("unauthorized");
    expect(await refused({ token: await token("else") })).toBe("unauthorized");
    expect(await refused({ token: await token("calls"), roomId: "other" })).toBe("forbidden");

    const authorized = { headers: { Authorization: `Bearer ${TOKEN}` } };
    for (const path of [
      "metrics",
      "rooms",
      "rooms/r/history",
      "stats",
      "log-levels",
      "dashboard",
    ]) {
      const response = await fetch(`${url}/${path}`, authorized);
      expect(response.status, path).toBe(200);
      expect(await response.text()).not.toMatch(new RegExp(`${SECRET}|${TOKEN}|hunter2|eyJ`));
    }
  });

  it("keeps to the number of people, the origins and the limits of the environment", async () => {
    const { url } = await start({
      MAX_PEERS: "3",
      ALLOWED_ORIGINS: "https://example.org",
      ADDRESS_ROOMS_PER_MINUTE: "1",
    });
    for (const peerId of ["a", "b", "c"]) await join(url, "r", peerId);
    const refused = async (roomId: string, origin = "https://example.org") => {
      const options = { extraHeaders: { origin } };
      return (await connect(url, { roomId, peerId: "d" }, options).next("refused")).code;
    };
    expect(await refused("r")).toBe("room-full");
    expect(await refused("new")).toBe("rate-limited");
    expect(await refused("r", "https://evil.example")).toBe("origin-not-allowed");
  });

  it("answers operators on the port of the clients, its pages beside them", async () => {
    const { url } = await start({ OPERATOR_TOKEN: TOKEN });
    const authorized = { headers: { Authorization: `Bearer ${TOKEN}` } };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const path of ["/metrics", "/rooms"]) {
      expect((await fetch(url + path)).status).toBe(401);
      expect((await fetch(url + path, authorized)).status).toBe(200);
    }
    expect(await (await fetch(url)).text()).toContain("Cignal");
  });

  it("shows clients no more than that it is ready if operators have a port of their own", async () => {
    const env = { OPERATOR_TOKEN: TOKEN, OPERATOR_PORT: "0" };
    const { url, operatorUrl, close } = await start(env);
    const authorized = { headers: { Authorization: `Bearer ${TOKEN}` } };
    const { client } = await join(url, "r", "a");
    expect(await (await fetch(`${operatorUrl}/metrics`)).text()).toContain("cignal_peers 1\n");
    expect((await fetch(`${operatorUrl}/rooms`)).status).toBe(401);
    expect(await (await fetch(`${operatorUrl}/rooms`, authorized)).json()).toMatchObject({
      rooms: [{ id: "r", peers: [{ id: "a", connected: true }] }],
    });
    expect((await fetch(`${operatorUrl}/`)).status).toBe(404);
    for (const path of ["/metrics", "/rooms"]) {
      expect(await (await fetch(url + path, authorized)).text()).toBe("Cignal signalling server\n");
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    client.disconnect();
    await close();
    await expect(fetch(`${operatorUrl}/healthz`)).rejects.toThrow();
  });

  it("rejects when the port is taken", async () => {
    const { url } = await start({});
    await expect(start({ PORT: new URL(url).port })).rejects.toThrow("EADDRINUSE");
  });
});

async function certificateOf(url: string) {
  const asking = request(url, { rejectUnauthorized: false, agent: false });
  const [response] = await once(asking.end(), "response");
  response.resume();
  return response.socket.getPeerCertificate();
}

// Each test starts a process that compiles the source first.
describe("the command", { timeout: 30_000 }, () => {
  it("reads .env, prints its address, and ends with 0 on SIGTERM", async () => {
    const folder = await mkdtemp(joinPath(tmpdir(), "cignal-"));
    await writeFile(joinPath(folder, ".env"), "PORT=0\nHOST=127.0.0.1\nLOG_LEVEL=error\n");
    const { child, output } = run([], { cwd: folder });
    await once(child.stdout ?? child, "data");
    const [, url = ""] = output().match(/^Cignal server: (http:\/\/127\.0\.0\.1:\d+)\n$/) ?? [];
    await join(url, "r", "a");
    child.kill("SIGTERM");
    expect(await ended(child)).toBe(0);
  });

  it("logs JSON lines that say which part, connection, room and peer each is about", async () => {
    const { url, output } = await runServer({ LOG_LEVEL: "debug", OPERATOR_TOKEN: TOKEN });
    const { welcome } = await join(url, "r", "a", { token: "hunter2" });
    const refused = connect(url, { roomId: "r", peerId: "a", token: "hunter2" });
    expect((await refused.next("refused")).code).toBe("peer-id-taken");
    const line = () =>
      output()
        .split("\n")
        .find((each) => each.includes("was refused"));
    await eventually(() => expect(line()).toBeDefined());
    expect(JSON.parse(line() ?? "")).toEqual({
      timestamp: expect.any(String),
      level: "debug",
      message: "a handshake was refused",
      ...{ area: "connection", connection: expect.any(String), roomId: "r", peerId: "a" },
      code: "peer-id-taken",
    });
    for (const secret of ["hunter2", TOKEN, welcome.resumeToken]) {
      expect(output()).not.toContain(secret);
    }
  });

  it("drains on SIGTERM: opens no room, is not ready, and ends with the last call", async () => {
    const { child, url } = await runServer({ DRAIN_SECONDS: "60" });
    const { client } = await join(url, "r", "a");
    child.kill("SIGTERM");
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503));
    const refused = await connect(url, { roomId: "new", peerId: "a" }).next("refused");
    expect(refused.code).toBe("server-closing");
    await join(url, "r", "b").then(({ client: b }) => b.request("leave", {}));
    await client.request("leave", {});
    expect(await ended(child)).toBe(0);
  });

  it("drains for so long and no longer, and not at all after a second signal", async () => {
    const short = await runServer({ DRAIN_SECONDS: "1" });
    const { client: one } = await join(short.url, "r", "a");
    short.child.kill("SIGTERM");
    expect((await one.next("closed")).code).toBe("server-closing");
    expect(await ended(short.child)).toBe(0);

    const long = await runServer({ DRAIN_SECONDS: "600" });
    const { client: two } = await join(long.url, "r", "a");
    long.child.kill("SIGTERM");
    await eventually(async () => expect((await fetch(`${long.url}/readyz`)).status).toBe(503));
    long.child.kill("SIGINT");
    expect((await two.next("closed")).code).toBe("server-closing");
    expect(await ended(long.child)).toBe(0);
  });

  it("DEFECTS 10: a wrong variable is one clear line and no stack", async () => {
    const { child, output } = run([], { env: { PORT: "http" } });
    expect(await ended(child)).toBe(1);
    expect(output()).toBe("PORT: expected a whole number from 0 to 65535\n");
  });

  it.each([
    ["--help", /^Usage: cignal-server/],
    ["--version", /^\d+\.\d+\.\d+\n$/],
  ])("answers %s", async (flag, answer) => {
    const { child, output } = run([flag]);
    expect(await ended(child)).toBe(0);
    expect(output()).toMatch(answer);
  });
});
