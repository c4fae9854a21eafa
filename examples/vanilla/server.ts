// Serves the page and the signalling from one address, set up by the .env at the root of the repository.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSettings, startServer } from "cignal-server/standalone";
import { config } from "dotenv";
import sirv from "sirv";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  config({ path: pathOf("../../.env"), quiet: true });
  const settings = readSettings(process.env);
  if (!existsSync(pathOf("dist"))) throw new Error("The page is not built yet: npm run build");

  const { url, urls, close } = await startServer(settings, sirv(pathOf("dist"), { etag: true }));
  say(
    `Open ${url}/ in two windows, or the link that you get there on this machine (others: HTTPS=1 HOST=0.0.0.0).`,
  );
  for (const lan of urls) say(`On this network: ${lan}/`);
  if (urls.length > 0 && settings.tls.mode === "off") {
    say("Others need HTTPS=1: browsers give camera and microphone to https and localhost only.");
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
