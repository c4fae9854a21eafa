import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How an example is started, in its folder. */
const commands = {
  vanilla: ["--import", "tsx", "server.ts"],
  meeting: ["server.js"],
};

/** An example as `npm start` or `npm run meeting` runs it, at a free port. */
export class Demo {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(example: keyof typeof commands = "vanilla"): Promise<Demo> {
    const env = { ...process.env, HOST: "127.0.0.1", PORT: "0", HTTPS: "0", ICE_SERVERS: "[]" };
    const child = spawn(process.execPath, commands[example], {
      cwd: fileURLToPath(new URL(`../../examples/${example}/`, import.meta.url)),
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface(child.stdout)) {
      const [url] = /http:\/\/(localhost|[\d.]+):\d+/.exec(line) ?? [];
      if (url) return new Demo(url, child);
    }
    throw new Error("The demo's server ended before it listened");
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, "exit");
  }
}
