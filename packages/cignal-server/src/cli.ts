#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { config } from "dotenv";
import { describeVariables } from "./settings/variables.js";
import { readSettings, startServer } from "./standalone.js";

const HELP = `Usage: cignal-server [--help] [--version]

Runs a Cignal signalling server. It is set up by environment variables, or by a file ".env" here:

${describeVariables()}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: "boolean" }, version: { type: "boolean" } },
  });
  if (values.help) return say(HELP);
  if (values.version) return say(`${readVersion()}\n`);

  config({ quiet: true });
  const { url, urls, operatorUrl, drain, close } = await startServer(readSettings(process.env));
  say(`Cignal server: ${[url, ...urls].join(" ")}\n`);
  if (operatorUrl) say(`Operators: ${operatorUrl}\n`);
  let ending: Promise<void> | undefined;
  const end = () => {
    // The second signal waits for nobody.
    ending = ending ? close() : drain().then(close);
    ending.catch(fail);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return JSON.parse(manifest).version;
}

function say(text: string): void {
  process.stdout.write(text);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

main().catch(fail);
