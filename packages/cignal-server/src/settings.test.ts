import { describe, expect, it } from "vitest";
import { OptionsError } from "./options.js";
import { readSettings } from "./settings.js";

function problems(env: Record<string, string>): string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof OptionsError) return error.message.split("\n");
  }
  throw new Error("expected an OptionsError");
}

const DEFAULTS = {
  host: "0.0.0.0",
  port: 8080,
  tls: { mode: "off" },
  logLevel: "info",
  iceServers: undefined,
  turn: undefined,
  trustProxy: 0,
  operators: { token: undefined, port: undefined, host: "127.0.0.1" },
  drainSeconds: 0,
};

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
      trustProxy: 1,
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
      iceServers: [{ urls: "stun:stun.example.org" }],
      turn: undefined,
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
    expect(readSettings(env).turn).toEqual({ urls, secret: "s" });
    expect(readSettings({ ...env, TURN_TTL: "60" }).turn).toEqual({
      urls,
      secret: "s",
      ttlSeconds: 60,
    });
    expect(readSettings({ TURN_TTL: "60" }).turn).toBeUndefined();
  });

  it.each([
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
    expect(lines[0]).toMatch(new RegExp(`^${variable}: .{10,}`));
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
