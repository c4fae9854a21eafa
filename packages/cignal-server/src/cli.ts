#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { config } from "dotenv";
import { readSettings, startServer } from "./standalone.js";

const HELP = `Usage: cignal-server [--help] [--version]

Runs a Cignal signalling server. It is set up by environment variables, or by a file ".env" here:

  HOST         the address to listen on (0.0.0.0)
  PORT         the port (8080); 0 takes any free one
  HTTPS        1 encrypts, with a certificate made at start unless the next two are set (0)
  HTTPS_CERT   path of a certificate, PEM
  HTTPS_KEY    path of its key, PEM
  LOG_LEVEL    error, warn, info or debug (info)
  ICE_SERVERS  a list of RTCIceServer as JSON (a public STUN server)
  TURN_URLS    URLs of TURN servers, with commas between
  TURN_SECRET  the secret that they share (coturn: static-auth-secret)
  TURN_TTL     how long their credentials are valid, in seconds (3600)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: "boolean" }, version: { type: "boolean" } },
  });
  if (values.help) return say(HELP);
  if (values.version) return say(`${readVersion()}\n`);

  config({ quiet: true });
  const { url, urls, close } = await startServer(readSettings(process.env));
  say(`Cignal server: ${[url, ...urls].join(" ")}\n`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => close().catch(fail));
  }
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
