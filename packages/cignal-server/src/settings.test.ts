import { describe, expect, it } from "vitest";
import { OptionsError, parseOptions } from "./options.js";
import { readSettings } from "./settings.js";

function problems(env: Record<string, string>): string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof OptionsError) return error.message.split("\n");
  }
  throw new Error("expected an OptionsError");
}

const { gracePeriodMs, returnPeriodMs, trustProxy, iceServers, relayOnly, limits } = parseOptions();

const DEFAULTS = {
  host: "0.0.0.0",
  port: 8080,
  tls: { mode: "off" },
  logLevel: "info",
  jwt: undefined,
  options: {
    ...{
      groups: false,
      maxPeers: undefined,
      gracePeriodMs,
      returnPeriodMs,
      trustProxy,
      iceServers,
      relayOnly,
      limits,
    },
    ...{ allowedOrigins: undefined, requireOrigin: false, turn: undefined },
  },
  redisUrl: undefined,
  liveEvents: { rabbitMQUrl: undefined, webhook: undefined },
  operators: { token: undefined, port: undefined, host: "127.0.0.1" },
  drainSeconds: 0,
};

const SECRET = `whsec_${"A".repeat(32)}`;

describe("settings of what is outside", () => {
  it("are read", () => {
    const env = {
      REDIS_URL: "rediss://u:p@redis.example:6379/1",
      RABBITMQ_URL: "amqps://u:p@rabbit.example/calls",
      WEBHOOK_URL: "https://app.example/hook",
      WEBHOOK_SECRET: SECRET,
    };
    expect(readSettings(env)).toMatchObject({
      redisUrl: env.REDIS_URL,
      liveEvents: {
        rabbitMQUrl: env.RABBITMQ_URL,
        webhook: { url: env.WEBHOOK_URL, secret: SECRET },
      },
    });
  });
});

describe("settings for operators", () => {
  it("are read", () => {
    const env = {
      TRUST_PROXY: "1",
      OPERATOR_TOKEN: "0123456789abcdef",
      OPERATOR_PORT: "9090",
      OPERATOR_HOST: "10.0.0.1",
      DRAIN_SECONDS: "600",
    };
    expect(readSettings(env)).toMatchObject({
      options: { trustProxy: 1 },
      operators: { token: "0123456789abcdef", port: 9090, host: "10.0.0.1" },
      drainSeconds: 600,
    });
  });

  it.each([
    ["TRUST_PROXY", "true", "from 0 to 16"],
    ["TRUST_PROXY", "17", "from 0 to 16"],
    ["OPERATOR_TOKEN", "hunter2", "16 to 512 characters"],
    ["OPERATOR_PORT", "x", "from 0 to 65535"],
    ["DRAIN_SECONDS", "-1", "from 0 to 86400"],
  ])("that are wrong are named, and not repeated: %s=%s", (name, value, expected) => {
    const [problem] = problems({ [name]: value });
    expect(problem).toContain(`${name}: expected`);
    expect(problem).toContain(expected);
    expect(problem).not.toContain("hunter2");
  });
});

describe("settings from the environment", () => {
  it("DEFECTS 10: have a default for each variable that is missing or empty", () => {
    expect(readSettings({})).toEqual(DEFAULTS);
    expect(readSettings({ HOST: "", PORT: " ", HTTPS: "", ICE_SERVERS: "" })).toEqual(DEFAULTS);
  });

  it("are read", () => {
    const env = {
      HOST: "127.0.0.1",
      PORT: "0",
      HTTPS: "1",
      LOG_LEVEL: "debug",
      ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]',
    };
    expect(readSettings(env)).toEqual({
      ...DEFAULTS,
      host: "127.0.0.1",
      port: 0,
      tls: { mode: "self-signed" },
      logLevel: "debug",
      options: { ...DEFAULTS.options, iceServers: [{ urls: "stun:stun.example.org" }] },
    });
    expect(readSettings({ HTTPS: "true", HTTPS_CERT: "c", HTTPS_KEY: "k" }).tls).toEqual({
      mode: "files",
      cert: "c",
      key: "k",
    });
  });

  it("C4: take TURN servers with their secret, for an hour or as long as they say", () => {
    const env = { TURN_URLS: "turn:a:3478, turns:b:5349?transport=tcp", TURN_SECRET: "s" };
    const urls = ["turn:a:3478", "turns:b:5349?transport=tcp"];
    const turn = (env: Record<string, string>) => readSettings(env).options.turn;
    expect(turn(env)).toEqual({ urls, secret: "s", ttlSeconds: 3_600 });
    expect(turn({ ...env, TURN_TTL: "60" })).toEqual({ urls, secret: "s", ttlSeconds: 60 });
    expect(turn({ TURN_TTL: "60" })).toBeUndefined();
  });

  it("take what rooms, limits and origins are to be", () => {
    const env = {
      GROUP_ROOMS: "1",
      MAX_PEERS: "6",
      GRACE_PERIOD_SECONDS: "60",
      RETURN_PERIOD_SECONDS: "0",
      RELAY_ONLY: "1",
      ALLOWED_ORIGINS: "https://example.org, https://www.example.org",
      REQUIRE_ORIGIN: "1",
      SOCKET_MESSAGES_PER_SECOND: "1",
      SOCKET_BURST: "2",
      ROOM_MESSAGES_PER_SECOND: "3",
      ROOM_BURST: "4",
      ADDRESS_CONNECTIONS: "5",
      ADDRESS_HANDSHAKES_PER_MINUTE: "6",
      ADDRESS_ROOMS_PER_MINUTE: "7",
    };
    expect(readSettings(env).options).toEqual({
      ...DEFAULTS.options,
      groups: true,
      maxPeers: 6,
      gracePeriodMs: 60_000,
      returnPeriodMs: 0,
      relayOnly: true,
      allowedOrigins: ["https://example.org", "https://www.example.org"],
      requireOrigin: true,
      limits: {
        messagesPerSecond: 1,
        burst: 2,
        perRoom: { messagesPerSecond: 3, burst: 4 },
        perAddress: { connections: 5, handshakesPerMinute: 6, roomsPerMinute: 7 },
      },
    });
    expect(readSettings({ ADDRESS_LIMITS: "0" }).options.limits).toEqual({
      ...DEFAULTS.options.limits,
      perAddress: false,
    });
  });

  it("take the key of tokens and what these must say", () => {
    const secret = "0123456789abcdef0123456789abcdef";
    expect(readSettings({ JWT_SECRET: secret }).jwt).toEqual({ secret, requireRoom: true });
    const env = { JWT_ISSUER: "app", JWT_AUDIENCE: "calls", JWT_REQUIRE_ROOM: "0" };
    expect(readSettings({ ...env, JWT_JWKS_URL: "https://a.example/keys" }).jwt).toEqual({
      jwks: "https://a.example/keys",
      issuer: "app",
      audience: "calls",
      requireRoom: false,
    });
  });

  it.each([
    ["GROUP_ROOMS", { GROUP_ROOMS: "8" }],
    ["MAX_PEERS", { MAX_PEERS: "1" }],
    ["MAX_PEERS", { MAX_PEERS: "two" }],
    ["MAX_PEERS", { MAX_PEERS: "1e999" }],
    ["GRACE_PERIOD_SECONDS", { GRACE_PERIOD_SECONDS: "30s" }],
    ["RETURN_PERIOD_SECONDS", { RETURN_PERIOD_SECONDS: "-1" }],
    ["ALLOWED_ORIGINS", { ALLOWED_ORIGINS: "https://a.example/, https://b.example" }],
    ["ALLOWED_ORIGINS", { ALLOWED_ORIGINS: "*" }],
    ["REQUIRE_ORIGIN", { REQUIRE_ORIGIN: "yes" }],
    ["RELAY_ONLY", { RELAY_ONLY: "yes" }],
    ["SOCKET_MESSAGES_PER_SECOND", { SOCKET_MESSAGES_PER_SECOND: "0" }],
    ["SOCKET_BURST", { SOCKET_BURST: "100001" }],
    ["ROOM_MESSAGES_PER_SECOND", { ROOM_MESSAGES_PER_SECOND: "x" }],
    ["ROOM_BURST", { ROOM_BURST: "1.5" }],
    ["ADDRESS_LIMITS", { ADDRESS_LIMITS: "none" }],
    ["ADDRESS_CONNECTIONS", { ADDRESS_CONNECTIONS: "1000001" }],
    ["ADDRESS_HANDSHAKES_PER_MINUTE", { ADDRESS_HANDSHAKES_PER_MINUTE: "0" }],
    ["ADDRESS_ROOMS_PER_MINUTE", { ADDRESS_ROOMS_PER_MINUTE: "0" }],
    ["JWT_SECRET", { JWT_SECRET: "hunter2" }],
    ["JWT_SECRET", { JWT_ISSUER: "app" }],
    ["JWT_SECRET", { JWT_AUDIENCE: "calls" }],
    ["JWT_SECRET", { JWT_SECRET: "x".repeat(32), JWT_JWKS_URL: "https://a.example/keys" }],
    ["JWT_JWKS_URL", { JWT_JWKS_URL: "http://a.example/keys", JWT_ISSUER: "app" }],
    ["JWT_REQUIRE_ROOM", { JWT_REQUIRE_ROOM: "no" }],
    ["REDIS_URL", { REDIS_URL: "hunter2" }],
    ["REDIS_URL", { REDIS_URL: "http://:hunter2@a.example" }],
    ["RABBITMQ_URL", { RABBITMQ_URL: "amqp://" }],
    ["RABBITMQ_URL", { RABBITMQ_URL: "redis://u:hunter2@a.example" }],
    ["WEBHOOK_URL", { WEBHOOK_SECRET: SECRET }],
    ["WEBHOOK_URL", { WEBHOOK_URL: "ftp://a.example", WEBHOOK_SECRET: SECRET }],
    ["WEBHOOK_SECRET", { WEBHOOK_URL: "https://a.example" }],
    ["WEBHOOK_SECRET", { WEBHOOK_URL: "https://a.example", WEBHOOK_SECRET: "hunter2" }],
    ["PORT", { PORT: "65536" }],
    ["PORT", { PORT: "http" }],
    ["HTTPS", { HTTPS: "yes" }],
    ["HTTPS", { HTTPS_CERT: "c", HTTPS_KEY: "k" }],
    ["HTTPS_KEY", { HTTPS: "1", HTTPS_CERT: "c" }],
    ["HTTPS_CERT", { HTTPS: "1", HTTPS_KEY: "k" }],
    ["LOG_LEVEL", { LOG_LEVEL: "loud" }],
    ["ICE_SERVERS", { ICE_SERVERS: "stun:a" }],
    ["TURN_URLS", { TURN_SECRET: "s" }],
    ["TURN_URLS", { TURN_URLS: "stun:a", TURN_SECRET: "s" }],
    ["TURN_URLS", { TURN_URLS: "turn:a,", TURN_SECRET: "s" }],
    ["TURN_SECRET", { TURN_URLS: "turn:a" }],
    ["TURN_TTL", { TURN_URLS: "turn:a", TURN_SECRET: "s", TURN_TTL: "1h" }],
    ["TURN_TTL", { TURN_URLS: "turn:a", TURN_SECRET: "s", TURN_TTL: "59" }],
    ["TURN_TTL", { TURN_URLS: "turn:a", TURN_SECRET: "s", TURN_TTL: "604801" }],
    ["ICE_SERVERS", { ICE_SERVERS: '[{"urls":"http://a"}]' }],
  ])("DEFECTS 10: a wrong %s is one clear line", (variable, env) => {
    const lines = problems(env);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      new RegExp(`^${variable}: (expected|is needed|cannot|must|0.urls:).{5,}`),
    );
    expect(lines[0]).not.toContain("hunter2");
  });

  it("all that is wrong is named at once, and no credential with it", () => {
    const lines = problems({
      PORT: "x",
      LOG_LEVEL: "x",
      ICE_SERVERS: '[{"credential":"hunter2"',
      TURN_SECRET: "hunter2",
    });
    expect(lines.map((line) => line.split(":")[0]).sort()).toEqual([
      "ICE_SERVERS",
      "LOG_LEVEL",
      "PORT",
      "TURN_URLS",
    ]);
    expect(lines.join()).not.toContain("hunter2");
  });
});
