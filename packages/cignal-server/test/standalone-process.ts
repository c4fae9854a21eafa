import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { eventually } from "./eventually.js";

interface Run {
  readonly child: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
}

/** Runs the command `cignal-server` from the source, until the end of the test. */
export function run(args: string[], { cwd = tmpdir(), env = {} } = {}): Run {
  const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), cli, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, output: () => text };
}

/** Resolves when it listens. */
export async function runServer(env: Record<string, string>): Promise<Run & { url: string }> {
  const { child, output } = run([], { env: { HOST: "127.0.0.1", PORT: "0", ...env } });
  await eventually(() => expect(output()).toContain("Cignal server: http"));
  const [, url = ""] = output().match(/Cignal server: (\S+)/) ?? [];
  return { child, url, output };
}

/** Its exit code, when it has ended. */
export async function ended(child: ChildProcess): Promise<number> {
  const [code] = await once(child, "close");
  return code;
}
