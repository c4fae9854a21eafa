import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;

/** A process that serves, and what it has printed. */
export class Service {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #news = new EventEmitter();
  #output = "";

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    this.#exited = once(child, "exit");
    child.once("exit", () => this.#news.emit("news"));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#news.emit("news");
      });
    }
  }

  /** Waits until it has printed this. */
  async printed(pattern: RegExp): Promise<this> {
    const deadline = AbortSignal.timeout(START_WITHIN_MS);
    while (!pattern.test(this.#output)) {
      try {
        if (this.#ended) throw new Error("It has ended");
        await once(this.#news, "news", { signal: deadline });
      } catch (cause) {
        const problem = `${this.#name} did not print ${pattern}, but:\n${this.#output}`;
        throw new Error(problem, { cause });
      }
    }
    return this;
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#ended) return;
    this.#child.kill(signal);
    const impatient = setTimeout(() => this.#child.kill("SIGKILL"), STOP_WITHIN_MS);
    await this.#exited;
    clearTimeout(impatient);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
