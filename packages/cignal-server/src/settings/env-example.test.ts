import { readFileSync } from "node:fs";
import { parse } from "dotenv";
import { describe, expect, it } from "vitest";
import { readSettings } from "../settings.js";
import { describeVariables, VARIABLES } from "./variables.js";

const example = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");

/** What each line says when its comment sign is taken away. */
const said = parse(example.replaceAll(/^# (?=[A-Z_]+=)/gm, ""));
const variables = VARIABLES.flatMap((group) => group.variables);

/** All that `readSettings` asks for. */
function asked(): Set<string> {
  const names = new Set<string>();
  const env = new Proxy({}, { get: (_, name) => void names.add(String(name)) });
  readSettings(env);
  return names;
}

describe(".env.example", () => {
  it("changes nothing as it is, and nothing without its comment signs: it shows the defaults", () => {
    expect(parse(example)).toEqual({});
    expect(readSettings(said)).toEqual(readSettings({}));
  });

  it("and --help have each variable that is read, and no other one", () => {
    const names = [...asked()].sort();
    expect(names.length).toBeGreaterThan(30);
    expect(Object.keys(said).sort()).toEqual(names);
    expect(variables.map(({ name }) => name).sort()).toEqual(names);
  });

  it("and --help say the same defaults", () => {
    const defaults = variables.map(({ name, fallback = "" }) => [name, fallback]);
    expect(said).toEqual(Object.fromEntries(defaults));
  });

  it("shows a default for each, unless there is none", () => {
    // Otherwise a default that neither of them names would go unseen.
    for (const [name, value] of Object.entries(said)) {
      if (value === "")
        expect(name).toMatch(
          /^(HTTPS_|ALLOWED|MAX_PEERS|JWT_|TURN_|REDIS_|RABBITMQ_|WEBHOOK_|OPERATOR_)/,
        );
    }
  });
});

it("--help has a line for each that fits a terminal", () => {
  const lines = describeVariables().split("\n");
  for (const { name } of variables) {
    expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
  }
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(120);
});
