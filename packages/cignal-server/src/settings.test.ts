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
};

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
