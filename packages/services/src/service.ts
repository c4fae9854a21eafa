import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server process that can be ended, well or badly, and started again with what it has kept. */
export interface Service {
  /** Ends it as an operator does. Changes nothing if it does not run. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again at the same place. */
  start(): Promise<void>;
  /** Ends it for good and removes its files. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServiceSetup {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly stopSignal?: NodeJS.Signals;
  /** Resolves once it answers; rejects while it does not. */
  readonly probe: () => Promise<unknown>;
  /** Removed in the end. */
  readonly folder: string;
}

/** How long a service may take until it answers, in milliseconds. */
const START_MS = 60_000;

export const makeFolder = (name: string): Promise<string> =>
  mkdtemp(join(tmpdir(), `cignal-${name}-`));

/** Starts a process and waits until it answers. */
export async function startService(setup: ServiceSetup): Promise<Service> {
  const { command, args, env, stopSignal = "SIGTERM", probe, folder } = setup;
  let child: ChildProcess | undefined;
  let said = "";

  async function start(): Promise<void> {
    if (child) return;
    said = "";
    const started = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (text) => {
        said = `${said}${text}`.slice(-10_000);
      });
    }
    started.once("exit", () => {
      if (child === started) child = undefined;
    });
    await once(started, "spawn");
    const deadline = Date.now() + START_MS;
    while (!(await answers(probe))) {
      if (child !== started) throw new Error(`${command} has ended: ${said}`);
      if (Date.now() > deadline) throw new Error(`${command} does not answer: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    if (!running) return;
    const ended = once(running, "close");
    running.kill(signal);
    await ended;
  }

  const service: Service = {
    start,
    stop: () => end(stopSignal),
    kill: () => end("SIGKILL"),
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return service;
}

const answers = (probe: () => Promise<unknown>): Promise<boolean> =>
  probe().then(
    () => true,
    () => false,
  );
