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
  TRUST_PROXY  how many proxies, such as nginx, each connection passes (0)

For those who run it (docs/operate.md):

  OPERATOR_TOKEN  what /metrics and /rooms ask for, 16 to 512 characters
  OPERATOR_PORT   a port for them alone, where /metrics needs no token
  OPERATOR_HOST   the address that this port listens on (127.0.0.1)
  DRAIN_SECONDS   how long calls may go on after SIGTERM; a second one ends it at once (0)
`;

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
