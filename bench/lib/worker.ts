import { type ChildProcess, fork } from "node:child_process";

type Handlers = Record<string, (argument: number) => unknown>;

interface Question {
  id: number;
  name: string;
  argument: number;
}

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Makes this process answer its parent's questions, and end with it. */
export function answer(handlers: Handlers) {
  process.on("message", async ({ id, name, argument }: Question) => {
    try {
      process.send?.({ id, value: await handlers[name]?.(argument) });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  });
  process.on("disconnect", () => process.exit());
}

/** A child process that was given `Its` handlers. */
export class Worker<Its extends Handlers> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  constructor(
    private readonly title: string,
    file: string,
    args: readonly string[],
    execArgv: string[] = [],
  ) {
    this.#child = fork(file, args, { execArgv });
    this.#child.on("message", (message: Answer) => {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
    this.#child.on("exit", () => {
      for (const [id, settle] of this.#waiting) settle({ id, error: "the process ended" });
      this.#waiting.clear();
    });
  }

  /** The handler's answer; rejects if it threw or the process ended. */
  ask<Name extends keyof Its & string>(
    name: Name,
    argument = 0,
  ): Promise<Awaited<ReturnType<Its[Name]>>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ value, error }) => {
        if (error === undefined) resolve(value as Awaited<ReturnType<Its[Name]>>);
        else reject(new Error(`${this.title}, ${name}: ${error}`));
      });
      this.#child.send({ id, name, argument }, (failed) => failed && reject(failed));
    });
  }

  /** Ends the process. Its own exit handlers run. */
  close(): Promise<void> {
    if (this.#child.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.disconnect();
    });
  }
}
