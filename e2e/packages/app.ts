import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** An app of somebody else's, outside the repository, with both packages installed as a user gets them. */
export class App {
  readonly #folder: string;
  readonly #servers = new Set<ChildProcess>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async install(): Promise<App> {
    const folder = await mkdtemp(join(tmpdir(), "cignal-app-"));
    await cp(join(import.meta.dirname, "app"), folder, { recursive: true });
    const { packageManager } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const tarballs = ["cignal-server", "cignal-client"].map((name) => join(folder, `${name}.tgz`));
    for (const tarball of tarballs) {
      const cwd = join(root, "packages", tarball.slice(folder.length + 1, -".tgz".length));
      await run("npx", ["--yes", packageManager, "pack", "--out", tarball], { cwd });
    }
    const app = new App(folder);
    await app.run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs);
    return app;
  }

  /** Runs a command to its end in the app's folder and returns what it printed. */
  async run(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(command, args, { cwd: this.#folder, timeout: 120_000 });
    return stdout;
  }

  /** Starts one of the app's servers and returns its address once it listens. */
  async serve(file: string): Promise<string> {
    const server = spawn(process.execPath, [file], {
      cwd: this.#folder,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#servers.add(server);
    const address = await addressIn(server.stdout);
    if (!address) throw new Error(`${file} ended before it listened`);
    // Nobody reads on, but the server must not wait for that.
    server.stdout.resume();
    return address;
  }

  async remove(): Promise<void> {
    for (const server of this.#servers) {
      if (server.exitCode !== null) continue;
      server.kill();
      await once(server, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The first line that is an address; the others are logs. */
async function addressIn(output: Readable): Promise<string | undefined> {
  for await (const line of createInterface(output)) {
    if (line.startsWith("http://")) return line;
  }
  return undefined;
}
