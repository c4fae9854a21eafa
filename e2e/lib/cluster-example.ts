import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "@playwright/test";

const pathOf = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** What `npm run cluster` runs, and what that runs when all is installed and built. */
export const COMMAND = pathOf("scripts/cluster.mjs");
export const SCRIPT = pathOf("examples/cluster/start.mjs");

interface Node {
  readonly pid: number;
  /** Where its operators' port is. */
  readonly operators: string;
}

/** examples/cluster, as a person starts it. */
export class ClusterExample {
  readonly #process: ChildProcess;
  #said = "";

  private constructor(file: string, env: NodeJS.ProcessEnv) {
    this.#process = spawn(process.execPath, [file], { env: { ...process.env, ...env } });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        this.#said += text;
      });
    }
  }

  /** Resolves when it has printed the link, or has ended. */
  static async start(file: string, env: NodeJS.ProcessEnv = {}): Promise<ClusterExample> {
    const example = new ClusterExample(file, env);
    const ended = () => example.#process.exitCode !== null;
    const done = () => ended() || /^Open /m.test(example.#said);
    try {
      await expect.poll(done, { timeout: 90_000 }).toBe(true);
    } catch (error) {
      await example.end("SIGTERM");
      throw error;
    }
    return example;
  }

  /** All that it has printed. */
  get said(): string {
    return this.#said;
  }

  /** The link to the page. */
  get url(): string {
    return this.#find(/^Open (\S+)/m);
  }

  get rabbitMQUrl(): string {
    return this.#find(/(amqp:\S+)/);
  }

  get nodes(): Node[] {
    const lines = this.#said.matchAll(/^node \d .* pid (\d+) +operators: (\S+)$/gm);
    return [...lines].map(([, pid, operators = ""]) => ({ pid: Number(pid), operators }));
  }

  /** The processes that run. */
  get running(): number[] {
    const pids = [...this.#said.matchAll(/ pid (\d+)/g)].map(([, pid]) => Number(pid));
    return pids.filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });
  }

  /** How many people are connected to each node, by its own word. */
  peers(nodes = this.nodes): Promise<number[]> {
    return Promise.all(
      nodes.map(async ({ operators }) => {
        const text = await (await fetch(`${operators}/metrics`)).text();
        return Number(/^cignal_peers (\d+)$/m.exec(text)?.[1]);
      }),
    );
  }

  /** Ends it, and resolves with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    const [code] = await ended;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGTERM");
  }

  #find(pattern: RegExp): string {
    const [, found] = pattern.exec(this.#said) ?? [];
    if (found === undefined) throw new Error(`It said ${this.#said}`);
    return found;
  }
}
